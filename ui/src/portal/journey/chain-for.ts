// From a PKCS#10 that Windows made to the file that `certreq -accept` takes. The key never leaves its store; nothing is kept
// here, for the same request gives the first answer again.
import type { Fetched, Info, Opened } from "../api";
import { factsOf } from "../keys/chain";
import { packPkcs7 } from "../keys/pkcs7";
import { readRequest } from "../keys/request-file";
import { unpack } from "./make-file";
import type { ChainFile } from "./state";

export async function chainFor(
	request: Blob | string,
	info: Info,
	right: Opened,
	send: (csr: Uint8Array) => Promise<Fetched>,
): Promise<ChainFile> {
	const csr = readRequest(typeof request === "string" ? request : new Uint8Array(await request.arrayBuffer()));
	const fetched = await send(csr);
	const delivered = await unpack(fetched, csr, right);
	return {
		name: `${info.file_prefix}_${right.user_id}.p7b`,
		bytes: packPkcs7([delivered.certificate, ...delivered.chain]),
		notAfter: fetched.not_after,
		...(await factsOf(delivered)),
	};
}
