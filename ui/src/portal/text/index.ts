// The language of the page, and the texts in it. Only this module knows the catalogues.
import { type Args, fill as filled } from "../../shared/text/fill";
import type { Problem } from "../problem";
import { en } from "./en";
import { ja, type TextKey } from "./ja";
import { problemsEn } from "./problems.en";
import { problemsJa } from "./problems.ja";

export type { Args } from "../../shared/text/fill";
export type { TextKey } from "./ja";
export type Language = "ja" | "en";

const catalogues = { ja: { texts: ja, problems: problemsJa }, en: { texts: en, problems: problemsEn } };
let language: Language = "ja";

export const currentLanguage = (): Language => language;
export const setLanguage = (chosen: Language): void => {
	language = chosen;
};

/** A value that is missing is seen to be: its place stays. */
export const fill = (text: string, args?: Args): string => filled(text, args, (place) => place);

export function t(key: TextKey, args?: Args): string {
	return fill(catalogues[language].texts[key], args);
}

/** `2027-02-12` → `2027年2月12日（令和9年）`, `12 February 2027`. */
export function dayText(day: string): string {
	const noon = new Date(`${day}T12:00:00+09:00`);
	if (Number.isNaN(noon.getTime())) return day;
	const timeZone = "Asia/Tokyo";
	if (language === "en") return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone }).format(noon);
	const era = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { era: "long", year: "numeric", timeZone });
	return `${new Intl.DateTimeFormat("ja-JP", { dateStyle: "long", timeZone }).format(noon)}（${era.format(noon)}）`;
}

function waitText(seconds: number): string {
	if (!Number.isFinite(seconds) || seconds <= 0) return t("later");
	return seconds < 60 ? t("seconds", { count: seconds }) : t("minutes", { count: Math.ceil(seconds / 60) });
}

export function problemText(problem: Problem): { title: string; body: string; next: string } {
	const { title, body, next } = catalogues[language].problems[problem.code];
	const args: Args = {
		...problem.args,
		wait: waitText(Number(problem.args.retry_after_s)),
		deadline: dayText(problem.args.deadline ?? ""),
		opens_on: dayText(problem.args.opens_on ?? ""),
		ended_on: dayText(problem.args.ended_on ?? ""),
	};
	return { title: fill(title, args), body: fill(body, args), next: fill(next, args) };
}
