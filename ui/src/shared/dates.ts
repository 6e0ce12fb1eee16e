// Days and times as the branch reads them: 西暦 and 和暦, Japan Standard Time.
import { language } from "./text/language";

const zone = "Asia/Tokyo";
const era = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { era: "long", year: "numeric", timeZone: zone });
const long = new Intl.DateTimeFormat("ja-JP", {
	year: "numeric",
	month: "long",
	day: "numeric",
	weekday: "short",
	timeZone: zone,
});
const eraEnglish = new Intl.DateTimeFormat("en-u-ca-japanese", { era: "long", year: "numeric", timeZone: zone });
const longEnglish = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: zone });
const short = new Intl.DateTimeFormat("ja-JP", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone });
const clock = new Intl.DateTimeFormat("ja-JP", {
	hour: "2-digit",
	minute: "2-digit",
	second: "2-digit",
	timeZone: zone,
});

/** 令和8年; in English the name comes first as well, which the platform would put last. */
function eraOf(date: Date): string {
	if (language() !== "en") return era.format(date);
	const part = (type: string) => eraEnglish.formatToParts(date).find((one) => one.type === type)?.value ?? "";
	return `${part("era")} ${part("year")}`;
}

const noon = (day: string) => new Date(`${day}T12:00:00+09:00`);

/** `2026-11-24` → `2026/11/24(令和8年)`. */
export function dayWithEra(day: string): string {
	const date = noon(day);
	return `${short.format(date)}(${eraOf(date)})`;
}

/** `2026-11-24` → `2026/11/24`. */
export const dayShort = (day: string): string => short.format(noon(day));

const weekday = new Intl.DateTimeFormat("ja-JP", { weekday: "short", timeZone: zone });
const weekdayEnglish = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: zone });

/** `2026-11-24` → `2026/11/24(火)`. */
export const dayWithWeekday = (day: string): string =>
	`${dayShort(day)}(${(language() === "en" ? weekdayEnglish : weekday).format(noon(day))})`;

/** Days from one day to another, `2026-11-24` and `2026-11-26` → 2. */
export const daysBetween = (from: string, to: string): number =>
	Math.round((noon(to).getTime() - noon(from).getTime()) / 86_400_000);

/** The day before, `2026-11-24` → `2026/11/23`. */
export const dayBeforeShort = (day: string): string => short.format(new Date(noon(day).getTime() - 86_400_000));

/** Today at length: `2026年11月24日(火) 令和8年`. */
export const todayLong = (now: Date): string =>
	`${(language() === "en" ? longEnglish : long).format(now)} ${eraOf(now)}`;

/** RFC 3339 → `2026/11/24 17:05:09` JST. */
export const dateTime = (at: string): string => `${short.format(new Date(at))} ${clock.format(new Date(at))}`;

/** Today in Japan, `2026-11-24`. */
export const todayIso = (): string => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(new Date());

const letters: Record<string, string> = { M: "明治", T: "大正", S: "昭和", H: "平成", R: "令和" };

/** `YYYY-MM-DD`, or `null` if the calendar has no such day. */
function existing(year: number, month: string, day: string): string | null {
	const iso = `${String(year).padStart(4, "0")}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
	const date = noon(iso);
	return !Number.isNaN(date.getTime()) && dayShort(iso) === iso.replaceAll("-", "/") ? iso : null;
}

/** A day in 西暦 or 和暦 → `YYYY-MM-DD`; `null` if it is none, or no day of that era. */
export function parseDay(text: string): string | null {
	const plain = text.normalize("NFKC").trim().toUpperCase();
	const western = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))$/.exec(plain);
	if (western) {
		const [, year = "", month, day, month8, day8] = western;
		return existing(Number(year), month ?? month8 ?? "", day ?? day8 ?? "");
	}
	const japanese = /^([MTSHR]|明治|大正|昭和|平成|令和)(\d{1,2}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain);
	if (!japanese) return null;
	const [, letter = "", count = "", month = "", day = ""] = japanese;
	const wanted = letters[letter] ?? letter;
	const years = count === "元" ? 1 : Number(count);
	// The first years of the eras, from the platform's own calendar.
	for (let first = 1868; first <= new Date().getFullYear(); first++) {
		const iso = existing(first + years - 1, month, day);
		if (iso && era.format(noon(iso)) === `${wanted}${years === 1 ? "元" : years}年`) return iso;
	}
	return null;
}

/** A month in 西暦 or 和暦, `2026-1`, `２０２６／０１`, `2026年1月`, `R8.1` → `2026-01`; `null` if it is none. */
export function parseMonth(text: string): string | null {
	const plain = text
		.normalize("NFKC")
		.trim()
		.replace(/[ー‐−–]/g, "-")
		.replace(/月$/, "");
	// Its first day is one.
	const first = parseDay(/^\d{6}$/.test(plain) ? `${plain}01` : `${plain}-1`);
	return first?.slice(0, 7) ?? null;
}

/** `2026/11/24 14:30` (also with hyphens and full-width digits) in JST → RFC 3339; `null` if there is no such time. */
export function parseJst(text: string): string | null {
	const found = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})$/.exec(text.normalize("NFKC").trim());
	if (!found) return null;
	const [year = "", month = "", day = "", hour = "", minute = ""] = found.slice(1);
	const date = existing(Number(year), month, day);
	const at = `${date}T${hour.padStart(2, "0")}:${minute}:00+09:00`;
	// 24:00 would silently become the next day.
	return date && !Number.isNaN(Date.parse(at)) && dayOf(at) === dayShort(date) ? at : null;
}

/** RFC 3339 → `2026/11/24` JST. */
export const dayOf = (at: string): string => short.format(new Date(at));
