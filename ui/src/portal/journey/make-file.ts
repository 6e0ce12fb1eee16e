// From the right to the file: key, PKCS#10, certificate, PKCS#12. A key that is kept already is used again.
import { type Fetched, fromBase64, type Info, type Opened } from "../api";
import { checkDelivered, type Delivered, factsOf } from "../keys/chain";
import { makeCsr, publicKeyOfCsr } from "../keys/csr";
import { exportPrivateKey, makeKeyPair } from "../keys/key";
import type { Holder, Pending, PendingStore } from "../keys/pending";
import { packPkcs12 } from "../keys/pkcs12";
import type { PackedFile, Work } from "./state";

/** What the confirmation needs. */
export type Taken = { pending: Pending; fetched: Fetched };

type Task = {
	/** Sends the PKCS#10. */
	send: (csr: Uint8Array) => Promise<Fetched>;
	store: PendingStore;
	holder: Holder;
	info: Info;
	right: Opened;
	passphrase: string;
	insist: <T>(request: () => Promise<T>) => Promise<T>;
	onWork: (work: Work) => void;
};

/** What the centre sent, once it is known to be the answer to our request. */
export async function unpack(fetched: Fetched, csr: Uint8Array<ArrayBuffer>, right: Opened): Promise<Delivered> {
	const delivered: Delivered = {
		certificate: fromBase64(fetched.certificate),
		chain: fetched.chain.map(fromBase64),
	};
	await checkDelivered(delivered, publicKeyOfCsr(csr), right.user_id);
	return delivered;
}

async function newKey({ info, right }: Task): Promise<Pending> {
	const pair = await makeKeyPair(info.key_algorithm);
	return {
		algorithm: info.key_algorithm,
		pkcs8: await exportPrivateKey(pair),
		csr: await makeCsr(right.user_id, info.key_algorithm, pair),
		right,
	};
}

export async function makeFile(task: Task): Promise<{ taken: Taken; file: PackedFile }> {
	const { send, store, holder, info, right, insist, onWork } = task;
	// Kept before it is sent: from here on only this key can fetch the certificate.
	const pending = (await store.find(holder)) ?? (await store.keep(holder, await newKey(task)));

	onWork("fetch");
	const fetched = await insist(() => send(pending.csr));
	const delivered = await unpack(fetched, pending.csr, right);

	onWork("pack");
	const contents = { pkcs8: pending.pkcs8, ...delivered, friendlyName: right.user_id };
	const file: PackedFile = {
		name: `${info.file_prefix}_${right.user_id}.p12`,
		bytes: await packPkcs12(contents, task.passphrase),
		notAfter: fetched.not_after,
		...(await factsOf(delivered)),
	};
	return { taken: { pending, fetched }, file };
}
