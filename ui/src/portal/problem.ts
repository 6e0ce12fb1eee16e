// What can go wrong: the codes the centre answers with, and those that only this page can know.
export const serverCodes = [
	"renewal_denied",
	"renewal_not_open",
	"renewal_refused",
	"renewal_too_late",
	"successor_exists",
	"pickup_denied",
	"pickup_too_many_tries",
	"pickup_deadline_passed",
	"pickup_not_open",
	"pickup_other_key",
	"pickup_cancelled",
	"pickup_held",
	"platform_not_allowed",
	"csr_malformed",
	"csr_signature_invalid",
	"csr_extension_refused",
	"key_type_refused",
	"key_weak",
	"key_reused",
	"confirm_signature_invalid",
	"request_malformed",
	"body_too_large",
	"user_id_malformed",
	"id_malformed",
	"not_found",
	"rate_limited",
	"internal",
	"unavailable",
	"recovering",
] as const;

export const pageCodes = [
	"network",
	"answer_malformed",
	"answer_mismatch",
	"key_failed",
	"storage_failed",
	"request_unreadable",
	"backup_unreadable",
	"renewal_begun",
] as const;

export type ProblemCode = (typeof serverCodes)[number] | (typeof pageCodes)[number];

/** The centre refuses the key itself. */
const OF_THE_KEY: readonly ProblemCode[] = [
	"csr_malformed",
	"csr_signature_invalid",
	"csr_extension_refused",
	"key_type_refused",
	"key_weak",
	"key_reused",
];

/** May the customer simply send it again? */
const PASSING: readonly ProblemCode[] = [
	"renewal_begun",
	"network",
	"unavailable",
	"recovering",
	"internal",
	"rate_limited",
	"answer_malformed",
	"csr_malformed",
	"csr_signature_invalid",
	"csr_extension_refused",
	"key_weak",
	"confirm_signature_invalid",
	"request_malformed",
	"body_too_large",
	"id_malformed",
	"not_found",
];

/** Over for this right: what the browser keeps for it is of no more use. */
const FINAL: readonly ProblemCode[] = ["pickup_deadline_passed", "pickup_cancelled", "renewal_too_late"];

export class Problem extends Error {
	constructor(
		readonly code: ProblemCode,
		readonly args: Readonly<Record<string, string>> = {},
		readonly requestId?: string,
	) {
		super(code);
		this.name = "Problem";
	}

	get passing(): boolean {
		return PASSING.includes(this.code);
	}

	get refusesKey(): boolean {
		return OF_THE_KEY.includes(this.code);
	}

	get final(): boolean {
		return FINAL.includes(this.code);
	}
}

export function asProblem(error: unknown, otherwise: ProblemCode): Problem {
	return error instanceof Problem ? error : new Problem(otherwise);
}
