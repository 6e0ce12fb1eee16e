// What the browser keeps between making a key and confirming its certificate, so that a lost answer, a reload or a
// closed tab goes on with the same key. A record is sealed with a key drawn from 利用者ID and 取得コード (80 random
// bits), and found by a name drawn from them too: nobody else at this PC can open it, or see whose it is.
import type { KeyAlgorithm, Opened } from "../api";
import { Problem } from "../problem";

type Bytes = Uint8Array<ArrayBuffer>;

export type Pending = { algorithm: KeyAlgorithm; pkcs8: Bytes; csr: Bytes; right: Opened };
export type Holder = { userId: string; code: string };

export type PendingStore = {
	/** Is anything being fetched in this browser? */
	any(): Promise<boolean>;
	find(holder: Holder): Promise<Pending | undefined>;
	/** Keeps it unless something is kept already (another tab was faster); answers with what is kept. */
	keep(holder: Holder, pending: Pending): Promise<Pending>;
	drop(holder: Holder): Promise<void>;
};

type Row = { id: string; keepUntil: number; iv: Bytes; box: Bytes };

const TABLE = "pending";
/** Beyond the deadline, for clocks that are wrong: 30 days in milliseconds. */
const MARGIN = 30 * 86_400_000;

function done<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

async function secrets({ userId, code }: Holder): Promise<{ id: string; key: CryptoKey }> {
	const text = new TextEncoder();
	const base = await crypto.subtle.importKey("raw", text.encode(code), "HKDF", false, ["deriveBits", "deriveKey"]);
	const draw = (info: string) => ({
		name: "HKDF",
		hash: "SHA-256",
		salt: text.encode(userId),
		info: text.encode(info),
	});
	const name = new Uint8Array(await crypto.subtle.deriveBits(draw("madoguchi-pending-name-v1"), base, 128));
	const aes = { name: "AES-GCM", length: 256 };
	const key = await crypto.subtle.deriveKey(draw("madoguchi-pending-key-v1"), base, aes, false, ["encrypt", "decrypt"]);
	return { id: Array.from(name, (byte) => byte.toString(16).padStart(2, "0")).join(""), key };
}

async function seal(key: CryptoKey, { pkcs8, csr, ...rest }: Pending): Promise<{ iv: Bytes; box: Bytes }> {
	const iv = crypto.getRandomValues(new Uint8Array(12));
	const plain = new TextEncoder().encode(JSON.stringify({ ...rest, pkcs8: [...pkcs8], csr: [...csr] }));
	return { iv, box: new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain)) };
}

async function unseal(key: CryptoKey, row: Row): Promise<Pending> {
	const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, key, row.box);
	const { pkcs8, csr, ...rest } = JSON.parse(new TextDecoder().decode(plain));
	return { ...rest, pkcs8: Uint8Array.from(pkcs8), csr: Uint8Array.from(csr) };
}

/** Opens the store. @throws Problem storage_failed where the browser has none (private window, policy). */
export async function openPendingStore(factory: IDBFactory, now: () => number = Date.now): Promise<PendingStore> {
	const guard = async <T>(work: () => Promise<T>): Promise<T> => {
		try {
			return await work();
		} catch {
			throw new Problem("storage_failed");
		}
	};
	const database = await guard(() => {
		const request = factory.open("madoguchi-pickup", 1);
		request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
		return done(request);
	});
	const table = (mode: IDBTransactionMode) =>
		database.transaction(TABLE, mode, { durability: "strict" }).objectStore(TABLE);
	const row = (id: string) => done(table("readonly").get(id)) as Promise<Row | undefined>;
	const find = async (holder: Holder) => {
		const { id, key } = await secrets(holder);
		const found = await row(id);
		return found && unseal(key, found);
	};
	return {
		any: () =>
			guard(async () => {
				const rows = (await done(table("readonly").getAll())) as Row[];
				const old = rows.filter((r) => r.keepUntil < now());
				for (const { id } of old) await done(table("readwrite").delete(id));
				return rows.length > old.length;
			}),
		find: (holder) => guard(() => find(holder)),
		keep: (holder, pending) =>
			guard(async () => {
				const { id, key } = await secrets(holder);
				const keepUntil = Date.parse(pending.right.deadline) + MARGIN;
				const sealed: Row = { id, keepUntil, ...(await seal(key, pending)) };
				const transaction = database.transaction(TABLE, "readwrite", { durability: "strict" });
				const rows = transaction.objectStore(TABLE);
				const stored = new Promise<void>((resolve, reject) => {
					transaction.oncomplete = () => resolve();
					transaction.onabort = () => reject(transaction.error);
				});
				if ((await done(rows.get(id))) === undefined) rows.add(sealed);
				await stored;
				const kept = await find(holder);
				if (!kept) throw new Problem("storage_failed");
				return kept;
			}),
		drop: (holder) =>
			guard(async () => {
				// The name first: a transaction does not outlive an await on anything else.
				const { id } = await secrets(holder);
				await done(table("readwrite").delete(id));
			}),
	};
}
