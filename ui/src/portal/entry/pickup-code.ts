// The pickup code (取得コード): 16 symbols of Crockford's base 32 and a check symbol (Damm over GF(32), x⁵+x²+1).
// The centre reads codes by the same rules; both are tested against assets/pickup-code-vectors.json.
import { halfWidth } from "./width";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 17;

export type CodeFault = "missing" | "character" | "short" | "long" | "check";
export type CodeReading = { ok: true; code: string } | { ok: false; fault: CodeFault; typed: string };

const double = (value: number): number => ((value << 1) ^ (value & 16 ? 0b100101 : 0)) & 31;

/** The symbols that were typed: any width and case, hyphens and spaces dropped, O for 0, I and L for 1. */
export function symbolsOf(text: string): string {
	return halfWidth(text)
		.replace(/[\s\-‐‑−ー–—―]/g, "")
		.toUpperCase()
		.replace(/O/g, "0")
		.replace(/[IL]/g, "1");
}

/** XXXX-XXXX-XXXX-XXXX-C, as far as it was typed. */
export function grouped(symbols: string): string {
	return (symbols.match(/.{1,4}/gu) ?? []).join("-");
}

/** Reads a code; `code` is its 17 symbols without hyphens. */
export function readCode(text: string): CodeReading {
	const typed = symbolsOf(text);
	const fail = (fault: CodeFault): CodeReading => ({ ok: false, fault, typed });
	if (typed === "") return fail("missing");
	const values = [...typed].map((symbol) => ALPHABET.indexOf(symbol));
	if (values.includes(-1)) return fail("character");
	if (values.length < LENGTH) return fail("short");
	if (values.length > LENGTH) return fail("long");
	const interim = values.slice(0, -1).reduce((sum, value) => double(sum ^ value), 0);
	return interim === values.at(-1) ? { ok: true, code: typed } : fail("check");
}
