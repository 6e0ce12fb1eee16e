// Re-acquisition with the backup of an expired certificate: the renewal API, where every request carries a signature with the
// old key instead of a TLS handshake that browsers refuse to make with it.
import * as v from "valibot";
import { type Api, call, Fetched, toBase64 } from "./api";
import { signWith } from "./keys/key";
import type { Backup } from "./keys/pkcs12-open";
import { Problem } from "./problem";
import { Presented, type RenewalApi } from "./renewal-api";

const Challenge = v.object({ prefix: v.string(), nonce: v.string() });
const ROOT = "/api/portal/v1/reacquire/";

async function sha256Hex(bytes: Uint8Array): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param portal confirms with the new key, as after a pickup. */
export function reacquireApi(
	backup: Backup,
	portal: Pick<Api, "info" | "confirm">,
	http: typeof fetch = (...args) => fetch(...args),
): RenewalApi {
	const proof = async (purpose: string) => {
		const { prefix, nonce } = await call(http, `${ROOT}nonce`, Challenge, {});
		const message = new TextEncoder().encode(`${prefix}${nonce}\n${purpose}`);
		const signature = await signWith(backup.pkcs8, backup.algorithm, message);
		return { certificate: toBase64(backup.certificate), nonce, signature: toBase64(signature) };
	};
	return {
		info: portal.info,
		open: async () => call(http, `${ROOT}open`, Presented, { proof: await proof("open") }),
		fetch: async (csr, again) => {
			const body = { proof: await proof(await sha256Hex(csr)), csr: toBase64(csr), again };
			return call(http, `${ROOT}fetch`, Fetched, body);
		},
		confirm: portal.confirm,
		confirmUse: async () => {
			throw new Problem("renewal_refused");
		},
	};
}
