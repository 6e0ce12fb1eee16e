// A user ID as the desk reads what was typed (crates/domain/src/id.rs): a refusal names it in this form.

/** Full width or half, capital or small letters, with blanks and hyphens or without: the same user ID. */
export const readUserId = (typed: string): string =>
	typed
		.normalize("NFKC")
		.replaceAll(/[\s\-‐−ー–—]/g, "")
		.toUpperCase();
