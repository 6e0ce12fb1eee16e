import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { type Holder, openPendingStore, type Pending } from "./pending";

const holder: Holder = { userId: "NSB00123A01", code: "SS6YS3C4DWA7N3606" };
const pending = (mark: number, deadline = "2099-01-31"): Pending => ({
	algorithm: "P-256",
	pkcs8: new Uint8Array([mark, 1, 2, 255]),
	csr: new Uint8Array([mark, 48]),
	right: {
		certificate_id: "c",
		user_id: holder.userId,
		role: "operator",
		deadline,
		state: "authorised",
		backup_allowed: false,
		device_label: "経理課",
	},
});

async function everything(factory: IDBFactory): Promise<string> {
	const database = await new Promise<IDBDatabase>((resolve) => {
		const request = factory.open("madoguchi-pickup", 1);
		request.onsuccess = () => resolve(request.result);
	});
	const rows = await new Promise<unknown[]>((resolve) => {
		const request = database.transaction("pending").objectStore("pending").getAll();
		request.onsuccess = () => resolve(request.result);
	});
	return JSON.stringify(rows, (_, value) => (value instanceof Uint8Array ? String.fromCharCode(...value) : value));
}

describe("the pending store", () => {
	let factory: IDBFactory;
	beforeEach(() => {
		factory = new IDBFactory();
	});

	it("gives back after a reload what was kept, and nothing after it was dropped", async () => {
		const first = await openPendingStore(factory);
		expect(await first.any()).toBe(false);
		await first.keep(holder, pending(7));
		const later = await openPendingStore(factory);
		expect(await later.any()).toBe(true);
		expect(await later.find(holder)).toEqual(pending(7));
		await later.drop(holder);
		expect(await later.any()).toBe(false);
		expect(await later.find(holder)).toBeUndefined();
	});
	it("shows nothing to another user ID or another code", async () => {
		const store = await openPendingStore(factory);
		await store.keep(holder, pending(7));
		expect(await store.find({ ...holder, userId: "NSB00123A02" })).toBeUndefined();
		expect(await store.find({ ...holder, code: "P1XPA7Z3DJ8FSSZ5V" })).toBeUndefined();
	});
	it("writes neither key nor user ID nor code in clear", async () => {
		const store = await openPendingStore(factory);
		await store.keep(holder, pending(7));
		const raw = await everything(factory);
		expect(raw).toContain("keepUntil");
		for (const secret of [holder.userId, holder.code, "経理課", "P-256", "[7,1,2,255]", "\u0007\u0001\u0002\u00ff"])
			expect(raw).not.toContain(secret);
	});
	it("keeps the first of two keys, whichever tab made it", async () => {
		const [a, b] = [await openPendingStore(factory), await openPendingStore(factory)];
		const kept = await Promise.all([a.keep(holder, pending(1)), b.keep(holder, pending(2))]);
		expect(kept[0]).toEqual(kept[1]);
		expect(await a.find(holder)).toEqual(kept[0]);
	});
	it("forgets what is long past its deadline, and only that", async () => {
		const day = (text: string) => () => Date.parse(text);
		const store = await openPendingStore(factory, day("2026-11-24"));
		await store.keep(holder, pending(7, "2026-12-01"));
		expect(await (await openPendingStore(factory, day("2026-12-20"))).any()).toBe(true);
		expect(await (await openPendingStore(factory, day("2027-01-02"))).any()).toBe(false);
		expect(await store.find(holder)).toBeUndefined();
	});
	it("says so when the browser keeps nothing", async () => {
		const broken = {
			open: () => {
				throw new Error("denied");
			},
		} as unknown as IDBFactory;
		await expect(openPendingStore(broken)).rejects.toMatchObject({ code: "storage_failed" });
	});
});
