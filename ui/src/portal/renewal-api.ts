// The centre's renewal API. Whose certificate it is, the centre knows from the TLS handshake; the page sends no name.
import * as v from "valibot";
import { Confirmed, call, Day, Fetched, Info, Refused, toBase64 } from "./api";

export const Presented = v.object({
	certificate_id: v.string(),
	user_id: v.string(),
	role: v.picklist(["administrator", "approver", "operator"]),
	device_label: v.string(),
	state: v.string(),
	serial: v.string(),
	not_after: Day,
	deadline: Day,
	backup_allowed: v.boolean(),
	begun: v.nullable(v.picklist(["authorised", "signed"])),
	refused: v.nullable(Refused),
	keep_secret: v.pipe(v.string(), v.minLength(32)),
});

export type Presented = v.InferOutput<typeof Presented>;

export type RenewalApi = {
	info(): Promise<Info>;
	/** Whose certificate does the browser show, and may it be replaced? */
	open(): Promise<Presented>;
	/** @param again the key of a renewal that was begun is lost. */
	fetch(csr: Uint8Array, again: boolean): Promise<Fetched>;
	confirm(certificateId: string, signature: Uint8Array): Promise<void>;
	/** The certificate shown is the new one: its use is the confirmation. */
	confirmUse(): Promise<void>;
};

const ROOT = "/api/renewal/v1/";

export function renewalApi(http: typeof fetch = (...args) => fetch(...args)): RenewalApi {
	return {
		info: () => call(http, `${ROOT}info`, Info),
		open: () => call(http, `${ROOT}open`, Presented, {}),
		fetch: (csr, again) => call(http, `${ROOT}fetch`, Fetched, { csr: toBase64(csr), again }),
		confirm: async (certificateId, signature) => {
			await call(http, `${ROOT}confirm`, Confirmed, { certificate_id: certificateId, signature: toBase64(signature) });
		},
		confirmUse: async () => {
			await call(http, `${ROOT}confirm-use`, Confirmed, {});
		},
	};
}
