// The pickup from beginning to end, with a centre in memory that really signs, and with everything that can be cut off.
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { type KeyAlgorithm, portalApi } from "../api";
import { type Holder, openPendingStore } from "../keys/pending";
import { reacquireApi } from "../reacquire-api";
import { CODE, fakeCentre, USER_ID } from "../testing/fake-centre";
import { startJourney } from "./journey";

const WINDOWS = { platform: "windows", browser: "edge" } as const;
const PLAIN = CODE.replaceAll("-", "");
const holder: Holder = { userId: USER_ID, code: PLAIN };
type Centre = Awaited<ReturnType<typeof fakeCentre>>;

let factory: IDBFactory;
let centre: Centre;
beforeEach(async () => {
	factory = new IDBFactory();
	centre = await fakeCentre();
});

/** A page that was just loaded in the same browser. */
async function load(browser = factory, from = centre) {
	const journey = startJourney({
		api: portalApi(from.http),
		reacquire: (backup) => reacquireApi(backup, portalApi(from.http), from.http),
		client: WINDOWS,
		powers: { secure: true, crypto: true },
		openStore: () => openPendingStore(browser),
		sleep: async () => undefined,
	});
	await journey.begin();
	return journey;
}
type Page = Awaited<ReturnType<typeof load>>;

const problemOf = (page: Page) => ("problem" in page.state ? page.state.problem : undefined);
const csrs = () => new Set(centre.world.seen.filter(({ path }) => path === "fetch").map(({ body }) => body.csr));
const kept = async () => (await openPendingStore(factory)).any();
async function untilFile(page: Page) {
	await page.enter(USER_ID, PLAIN);
	await page.prepare("correct horse 7");
}

describe("the pickup", () => {
	it.each<KeyAlgorithm>(["P-256", "RSA-2048"])(
		"ends 有効 with %s, and leaves nothing behind",
		async (key_algorithm) => {
			centre = await fakeCentre({ info: { key_algorithm } });
			const page = await load();
			expect(page.state).toMatchObject({ step: "enter", pending: false });
			await page.enter(USER_ID, PLAIN);
			expect(page.state).toMatchObject({ step: "prepare", resumed: false, right: { device_label: "経理課 1号機" } });
			await page.prepare("correct horse 7");
			expect(page.state).toMatchObject({ step: "save", saved: false, file: { name: `webfb_${USER_ID}.p12` } });
			expect(centre.world.right.state).toBe("signed");
			page.saved();
			await page.confirm();
			expect(page.state.step).toBe("done");
			expect(centre.world.right.state).toBe("active");
			expect(await kept()).toBe(false);
		},
	);

	it("never confirms before the file was taken", async () => {
		const page = await load();
		await untilFile(page);
		await page.confirm();
		expect(page.state.step).toBe("save");
		expect(centre.world.right.state).toBe("signed");
		expect(centre.world.seen.some(({ path }) => path === "confirm")).toBe(false);
	});

	it("keeps the key before it is sent", async () => {
		const page = await load();
		await page.enter(USER_ID, PLAIN);
		centre.world.lose = 99;
		await page.prepare("correct horse 7");
		expect(problemOf(page)?.code).toBe("network");
		expect(await kept()).toBe(true);
	});

	it("repeats a lost answer by itself, with the same request", async () => {
		const page = await load();
		await page.enter(USER_ID, PLAIN);
		centre.world.lose = 2;
		await page.prepare("correct horse 7");
		expect(page.state.step).toBe("save");
		expect(csrs().size).toBe(1);
		expect(centre.world.seen.filter(({ path }) => path === "fetch")).toHaveLength(3);
	});

	it("goes on with the same key after a lost answer and a reload", async () => {
		const first = await load();
		await first.enter(USER_ID, PLAIN);
		centre.world.lose = 3;
		await first.prepare("correct horse 7");
		expect(centre.world.right.state).toBe("signed");

		const second = await load();
		expect(second.state).toMatchObject({ step: "enter", pending: true });
		await second.enter(USER_ID, PLAIN);
		expect(second.state).toMatchObject({ step: "prepare", resumed: true });
		await second.prepare("another passphrase");
		second.saved();
		await second.confirm();
		expect(second.state.step).toBe("done");
		expect(centre.world.signedKeys).toHaveLength(1);
		expect(csrs().size).toBe(1);
	});

	it("finds 有効 again when the answer to the confirmation was lost", async () => {
		const first = await load();
		await untilFile(first);
		first.saved();
		centre.world.lose = 3;
		await first.confirm();
		expect(problemOf(first)?.code).toBe("network");
		expect(centre.world.right.state).toBe("active");

		const again = await load();
		await untilFile(again);
		again.saved();
		await again.confirm();
		expect(again.state.step).toBe("done");
		expect(await kept()).toBe(false);
	});

	it("stops at once in a browser that has not got the key", async () => {
		await untilFile(await load());
		const elsewhere = await load(new IDBFactory());
		expect(elsewhere.state).toMatchObject({ step: "enter", pending: false });
		await elsewhere.enter(USER_ID, PLAIN);
		expect(elsewhere.state.step).toBe("enter");
		expect(problemOf(elsewhere)?.code).toBe("pickup_other_key");
	});

	it("does nothing twice when a button is pressed twice", async () => {
		const page = await load();
		await Promise.all([page.enter(USER_ID, PLAIN), page.enter(USER_ID, PLAIN)]);
		await Promise.all([page.prepare("correct horse 7"), page.prepare("correct horse 7")]);
		page.saved();
		await Promise.all([page.confirm(), page.confirm()]);
		expect(page.state.step).toBe("done");
		expect(centre.world.seen.map(({ path }) => path)).toEqual(["info", "open", "fetch", "confirm"]);
	});

	it("uses one key when two tabs fetch at once", async () => {
		const [a, b] = [await load(), await load()];
		await Promise.all([untilFile(a), untilFile(b)]);
		expect([a.state.step, b.state.step]).toEqual(["save", "save"]);
		expect(csrs().size).toBe(1);
	});

	it("shows the centre's refusals with their reference number", async () => {
		const page = await load();
		await page.enter("NSB00123A99", PLAIN);
		expect(problemOf(page)).toMatchObject({ code: "pickup_denied", requestId: "7K3M9QXT" });
		centre.world.refuse.push({ status: 429, code: "pickup_too_many_tries", args: { retry_after_s: "890" } });
		await page.enter(USER_ID, PLAIN);
		expect(problemOf(page)).toMatchObject({ code: "pickup_too_many_tries", args: { retry_after_s: "890" } });
		await page.enter(USER_ID, PLAIN);
		expect(page.state.step).toBe("prepare");
	});

	it("makes another key when the centre refuses one that was never signed", async () => {
		const page = await load();
		await page.enter(USER_ID, PLAIN);
		centre.world.refuse.push({ status: 409, code: "key_reused" });
		await page.prepare("correct horse 7");
		expect(problemOf(page)?.code).toBe("key_reused");
		await page.prepare("correct horse 7");
		expect(page.state.step).toBe("save");
		expect(csrs().size).toBe(2);
	});

	it("forgets the key when the right is over", async () => {
		const first = await load();
		await first.enter(USER_ID, PLAIN);
		centre.world.lose = 3;
		await first.prepare("correct horse 7");
		const second = await load();
		centre.world.refuse.push({ status: 410, code: "pickup_deadline_passed", args: { deadline: "2026-12-01" } });
		await second.enter(USER_ID, PLAIN);
		expect(problemOf(second)?.code).toBe("pickup_deadline_passed");
		expect(await kept()).toBe(false);
		expect(await (await openPendingStore(factory)).find(holder)).toBeUndefined();
	});

	it("does not start where a certificate could not be used", async () => {
		const page = startJourney({
			api: portalApi(centre.http),
			reacquire: (backup) => reacquireApi(backup, portalApi(centre.http), centre.http),
			client: { platform: "linux", browser: "chrome" },
			powers: { secure: true, crypto: true },
			openStore: () => openPendingStore(factory),
			sleep: async () => undefined,
		});
		await page.begin();
		expect(page.state).toMatchObject({ step: "blocked", reason: "platform" });
		await page.enter(USER_ID, PLAIN);
		expect(page.state.step).toBe("blocked");
	});

	it("comes back to the first step, and says that something is pending", async () => {
		const page = await load();
		await page.enter(USER_ID, PLAIN);
		await page.back();
		expect(page.state).toMatchObject({ step: "enter", pending: false });
	});
});
