// The centre's pickup API, from the page's side. Every answer is checked before anything relies on it; every failure
// becomes a Problem. All requests may be repeated: the centre gives the first answer again.
import * as v from "valibot";
import { Problem, serverCodes } from "./problem";

const Contact = v.object({ title: v.string(), phone: v.string(), hours: v.string(), email: v.nullish(v.string()) });
const KeyAlgorithm = v.picklist(["P-256", "RSA-2048", "RSA-3072"]);
export const Info = v.object({
	institution: v.string(),
	training: v.boolean(),
	portal_name: v.string(),
	allowed_platforms: v.array(v.string()),
	allowed_browsers: v.array(v.string()),
	key_algorithm: KeyAlgorithm,
	passphrase_min: v.pipe(v.number(), v.integer(), v.minValue(1)),
	file_prefix: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,40}$/)),
	contacts: v.array(Contact),
	key_place: v.picklist(["file", "choice", "windows_store"]),
	pickup_url: v.string(),
	renewal_url: v.string(),
});
export const Day = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/));
const Opened = v.object({
	certificate_id: v.string(),
	user_id: v.string(),
	role: v.picklist(["administrator", "approver", "operator"]),
	deadline: Day,
	state: v.picklist(["authorised", "signed"]),
	backup_allowed: v.boolean(),
	device_label: v.string(),
});
export const Fetched = v.object({
	certificate_id: v.string(),
	certificate: v.string(),
	chain: v.pipe(v.array(v.string()), v.minLength(1)),
	nonce: v.string(),
	confirm_prefix: v.string(),
	not_after: Day,
});
export const Confirmed = v.object({ state: v.literal("active") });
export const Refused = v.object({
	code: v.string(),
	args: v.optional(v.record(v.string(), v.union([v.string(), v.number()])), {}),
	request_id: v.optional(v.string()),
});

export type Info = v.InferOutput<typeof Info>;
export type Opened = v.InferOutput<typeof Opened>;
export type Fetched = v.InferOutput<typeof Fetched>;
export type KeyAlgorithm = v.InferOutput<typeof KeyAlgorithm>;
export type Credentials = { user_id: string; code: string };

export type Api = {
	info(): Promise<Info>;
	open(who: Credentials): Promise<Opened>;
	fetch(who: Credentials, csr: Uint8Array): Promise<Fetched>;
	confirm(certificateId: string, signature: Uint8Array): Promise<void>;
};

const ROOT = "/api/portal/v1/";
/** Longest wait for one answer, milliseconds. */
const PATIENCE = 20_000;

export function toBase64(bytes: Uint8Array): string {
	return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
	try {
		return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
	} catch {
		throw new Problem("answer_malformed");
	}
}

/** The centre's refusal, in the page's own words. */
export function problemOf({ code, args, request_id }: v.InferOutput<typeof Refused>): Problem {
	const known = serverCodes.find((c) => c === code) ?? "internal";
	const texts = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, String(value)]));
	return new Problem(known, texts, request_id);
}

function refusal(status: number, body: unknown): Problem {
	const answer = v.safeParse(Refused, body);
	// A proxy in between answers without our form.
	if (!answer.success) return new Problem(status >= 502 && status <= 504 ? "unavailable" : "internal");
	return problemOf(answer.output);
}

/** @param path of the API, from its root on. */
export async function call<T>(
	http: typeof fetch,
	path: string,
	schema: v.GenericSchema<unknown, T>,
	body?: object,
): Promise<T> {
	let response: Response;
	let json: unknown;
	try {
		response = await http(path, {
			method: body ? "POST" : "GET",
			headers: body ? { "content-type": "application/json" } : {},
			body: body ? JSON.stringify(body) : null,
			cache: "no-store",
			// Without, the browser would keep the customer's certificate to itself.
			credentials: "same-origin",
			redirect: "error",
			signal: AbortSignal.timeout(PATIENCE),
		});
		json = await response.json().catch((error: unknown) => {
			if (error instanceof SyntaxError) return undefined;
			throw error;
		});
	} catch {
		throw new Problem("network");
	}
	if (!response.ok) throw refusal(response.status, json);
	const answer = v.safeParse(schema, json);
	if (!answer.success) throw new Problem("answer_malformed");
	return answer.output;
}

export function portalApi(http: typeof fetch = (...args) => fetch(...args)): Api {
	return {
		info: () => call(http, `${ROOT}info`, Info),
		open: (who) => call(http, `${ROOT}open`, Opened, who),
		fetch: (who, csr) => call(http, `${ROOT}fetch`, Fetched, { ...who, csr: toBase64(csr) }),
		confirm: async (certificateId, signature) => {
			await call(http, `${ROOT}confirm`, Confirmed, { certificate_id: certificateId, signature: toBase64(signature) });
		},
	};
}
