// The renewal on the page, and the key in Windows' own store, with a centre in memory that really signs.
import { execFileSync } from "node:child_process";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { portalApi } from "../api";
import { makeCsr } from "../keys/csr";
import { certreqInf } from "../keys/inf";
import { makeKeyPair } from "../keys/key";
import { openPendingStore } from "../keys/pending";
import { readRequest } from "../keys/request-file";
import { reacquireApi } from "../reacquire-api";
import { renewalApi } from "../renewal-api";
import { CODE, fakeCentre, USER_ID } from "../testing/fake-centre";
import { startJourney } from "./journey";

const PLAIN = CODE.replaceAll("-", "");
const PASSPHRASE = "correct horse 7";
type Centre = Awaited<ReturnType<typeof fakeCentre>>;
let factory: IDBFactory;
let centre: Centre;
beforeEach(async () => {
	factory = new IDBFactory();
	centre = await fakeCentre();
});

async function load(renews: boolean, browser = factory) {
	const page = startJourney({
		api: portalApi(centre.http),
		reacquire: (backup) => reacquireApi(backup, portalApi(centre.http), centre.http),
		...(renews ? { renewal: renewalApi(centre.http) } : {}),
		client: { platform: "windows", browser: "edge" },
		powers: { secure: true, crypto: true },
		openStore: () => openPendingStore(browser),
		sleep: async () => undefined,
	});
	await page.begin();
	return page;
}
type Page = Awaited<ReturnType<typeof load>>;
const problemOf = (page: Page) => ("problem" in page.state ? page.state.problem?.code : undefined);
const sent = () => centre.world.seen.filter(({ path }) => path === "fetch").map(({ body }) => body);

async function toFile(page: Page) {
	await page.renew();
	await page.prepare(PASSPHRASE);
	page.saved();
}

describe("the renewal", () => {
	it("shows whose certificate it is, and ends 有効 without a code", async () => {
		const page = await load(true);
		expect(page.state).toMatchObject({ step: "present", resumed: false, present: { user_id: USER_ID } });
		await toFile(page);
		await page.confirm();
		expect(page.state.step).toBe("done");
		expect(sent()).toEqual([{ csr: expect.any(String), again: false }]);
		expect(await (await openPendingStore(factory)).any()).toBe(false);
	});

	it("goes on with the same key after lost answers, a reload, and the end of the old certificate", async () => {
		const first = await load(true);
		await first.renew();
		centre.world.lose = 3;
		await first.prepare(PASSPHRASE);
		expect(problemOf(first)).toBe("network");
		const second = await load(true);
		expect(second.state).toMatchObject({ step: "present", resumed: true });
		await toFile(second);
		centre.world.lose = 3;
		await second.confirm();
		expect(problemOf(second)).toBe("network");
		centre.world.presented.refused = { code: "renewal_refused", args: { state: "revoked" } };
		const third = await load(true);
		expect(third.state).toMatchObject({ step: "present", resumed: true });
		await toFile(third);
		await third.confirm();
		expect(third.state.step).toBe("done");
		expect(new Set(sent().map(({ csr }) => csr)).size).toBe(1);
		expect(sent().every(({ again }) => String(again) === "false")).toBe(true);
	});

	it("begins again where the first key is in no browser", async () => {
		await toFile(await load(true));
		const elsewhere = await load(true, new IDBFactory());
		expect(elsewhere.state).toMatchObject({ step: "present", resumed: false, present: { begun: "signed" } });
		await toFile(elsewhere);
		expect(elsewhere.state.step).toBe("save");
		expect(sent().map(({ again }) => String(again))).toEqual(["false", "true"]);
	});

	it("takes the place of another browser's renewal only when told to", async () => {
		const [here, there] = [await load(true), await load(true, new IDBFactory())];
		await toFile(there);
		await here.renew();
		await here.prepare(PASSPHRASE);
		expect([here.state.step, problemOf(here)]).toEqual(["prepare", "renewal_begun"]);
		await here.prepare(PASSPHRASE);
		expect(here.state.step).toBe("save");
		expect(sent().map(({ again }) => String(again))).toEqual(["false", "false", "true"]);
	});

	it("says so when no certificate was shown", async () => {
		centre.world.refuse.push({ status: 403, code: "renewal_denied" });
		const page = await load(true);
		expect(page.state).toMatchObject({ step: "checking", info: { pickup_url: expect.stringContaining("/pickup/") } });
		expect(problemOf(page)).toBe("renewal_denied");
	});

	it("confirms a new certificate by its use", async () => {
		centre.world.presented.state = "signed";
		const page = await load(true);
		await page.confirmUse();
		expect(page.state.step).toBe("in_use");
		expect(centre.world.right.state).toBe("active");
	});
});

describe("the re-acquisition with a file", () => {
	it.each(["P-256", "RSA-2048"] as const)(
		"opens what these pages packed (%s), and signs with it",
		async (key_algorithm) => {
			centre = await fakeCentre({ info: { key_algorithm } });
			const first = await load(false);
			await first.enter(USER_ID, PLAIN);
			await first.prepare(PASSPHRASE);
			first.saved();
			if (first.state.step !== "save") throw new Error("no file");
			const backup = new Blob([first.state.file.bytes]);
			await first.confirm();
			// A year later.
			const old = centre.world.leaf;
			centre.world.leaf = undefined;
			centre.world.signedKeys = [];
			const page = await load(false);
			page.expired();
			for (const [file, passphrase] of [
				[backup, "another passphrase"],
				[new Blob(["no file of ours"]), PASSPHRASE],
				[new Blob([await backup.slice(0, 900).arrayBuffer()]), PASSPHRASE],
			] as const) {
				await page.showBackup(file, passphrase);
				expect([page.state.step, problemOf(page)]).toEqual(["backup", "backup_unreadable"]);
			}
			await page.showBackup(backup, PASSPHRASE);
			expect(page.state).toMatchObject({ step: "present", present: { user_id: USER_ID } });
			await toFile(page);
			await page.confirm();
			expect(page.state.step).toBe("done");
			const shown = sent().at(-1)?.proof as unknown as { certificate: string };
			expect(Buffer.from(shown.certificate, "base64")).toEqual(Buffer.from(old ?? []));
		},
	);
});

describe("a key in Windows' own store", () => {
	const request = async () => makeCsr("somebody else", "P-256", await makeKeyPair("P-256"));

	it("takes the request and gives a chain that OpenSSL reads", async () => {
		centre = await fakeCentre({ info: { key_place: "windows_store" } });
		const page = await load(false);
		await page.enter(USER_ID, PLAIN);
		expect(page.state.step).toBe("store");
		await page.bring("certreq: not recognised");
		expect(problemOf(page)).toBe("request_unreadable");
		const csr = await request();
		await page.bring(new Blob([csr]));
		if (page.state.step !== "store" || !page.state.chain) throw new Error(`no chain: ${problemOf(page)}`);
		const { name, bytes } = page.state.chain;
		expect(name).toBe(`webfb_${USER_ID}.p7b`);
		const listed = execFileSync("openssl", ["pkcs7", "-inform", "DER", "-print_certs", "-noout"], { input: bytes });
		expect(listed.toString().match(/subject=/g)).toHaveLength(3);
		expect(centre.world.right.state).toBe("signed");

		// After a reload the same request gives the same certificate, another one nothing.
		const again = await load(false);
		await again.enter(USER_ID, PLAIN);
		expect(again.state.step).toBe("store");
		await again.bring(new Blob([await request()]));
		expect(problemOf(again)).toBe("pickup_other_key");
		await again.bring(new Blob([csr]));
		expect(again.state).toMatchObject({ chain: { serial: page.state.chain.serial } });
	});

	it("is a choice where the policy leaves one, until the first step is taken", async () => {
		centre = await fakeCentre({ info: { key_place: "choice" } });
		const page = await load(false);
		await page.enter(USER_ID, PLAIN);
		expect(page.state.step).toBe("prepare");
		page.place("store");
		expect(page.state.step).toBe("store");
		page.place("file");
		expect(page.state.step).toBe("prepare");
		page.place("store");
		await page.bring(new Blob([await request()]));
		page.place("file");
		expect(page.state.step).toBe("store");
	});

	it("reads what certreq writes and what people paste", async () => {
		const csr = await request();
		const base64 = Buffer.from(csr).toString("base64");
		const lines = base64.replace(/(.{64})/g, "$1\r\n");
		const pem = `-----BEGIN NEW CERTIFICATE REQUEST-----\r\n${lines}\r\n-----END NEW CERTIFICATE REQUEST-----\r\n`;
		const utf16 = new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(pem, "utf16le")]));
		for (const form of [csr, pem, pem.replaceAll("NEW ", ""), base64, lines, utf16, new TextEncoder().encode(pem)])
			expect(readRequest(form)).toEqual(csr);
		for (const wrong of ["", "MIIB", "-----BEGIN CERTIFICATE-----", new Uint8Array(), csr.slice(0, 40)])
			expect(() => readRequest(wrong)).toThrow("request_unreadable");
	});

	it("asks certreq for a key that can't be exported", () => {
		const inf = certreqInf(USER_ID, "P-256");
		for (const line of ["Exportable = FALSE", "MachineKeySet = FALSE", "KeyUsage = 0x80", "KeyAlgorithm = ECDSA_P256"])
			expect(inf).toContain(`\r\n${line}\r\n`);
		expect(certreqInf(USER_ID, "RSA-3072")).toContain("KeyAlgorithm = RSA\r\nKeyLength = 3072\r\n");
		expect(inf).toMatch(/^[\x20-\x7e\r\n]+$/);
	});
});
