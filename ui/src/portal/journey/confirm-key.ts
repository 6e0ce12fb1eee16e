// The confirmation: the centre's nonce, signed with the new key. Only then is the certificate 有効.
import { signWith } from "../keys/key";
import type { Taken } from "./make-file";

export async function confirmKey(
	api: { confirm(id: string, signature: Uint8Array): Promise<void> },
	{ pending, fetched }: Taken,
): Promise<void> {
	const message = new TextEncoder().encode(fetched.confirm_prefix + fetched.nonce);
	await api.confirm(fetched.certificate_id, await signWith(pending.pkcs8, pending.algorithm, message));
}
