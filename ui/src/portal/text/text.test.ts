import { beforeEach, describe, expect, it } from "vitest";
import { Problem, pageCodes, serverCodes } from "../problem";
import { en } from "./en";
import { dayText, fill, problemText, setLanguage, t } from "./index";
import { ja } from "./ja";
import { problemsEn } from "./problems.en";
import { problemsJa } from "./problems.ja";

const holes = (text: string) => new Set(text.match(/\{\w+\}/g));
beforeEach(() => setLanguage("ja"));

describe("the catalogues", () => {
	it("have the same places to fill in each language", () => {
		for (const key of Object.keys(ja) as (keyof typeof ja)[])
			expect([key, holes(en[key])]).toEqual([key, holes(ja[key])]);
		for (const code of [...serverCodes, ...pageCodes]) {
			const all = (text: object) => holes(Object.values(text).join(" "));
			expect([code, all(problemsEn[code])]).toEqual([code, all(problemsJa[code])]);
		}
	});
	it("leave no place unfilled in a problem", () => {
		for (const code of [...serverCodes, ...pageCodes]) {
			const text = problemText(
				new Problem(code, { retry_after_s: "890", deadline: "2026-12-01", opens_on: "2026-12-01" }),
			);
			expect(holes(Object.values(text).join(" ")).size).toBe(0);
		}
	});
	it("speak of minutes and days as people do", () => {
		const locked = new Problem("pickup_too_many_tries", { retry_after_s: "890" });
		expect(problemText(locked).next).toContain("約15分");
		expect(problemText(new Problem("rate_limited")).next).toContain("しばらく");
		expect(dayText("2027-02-12")).toBe("2027年2月12日（令和9年）");
		setLanguage("en");
		expect(dayText("2027-02-12")).toBe("12 February 2027");
		expect(t("passphraseShort", { min: 8, count: 3 })).toBe("Use at least 8 characters. There are 3 now.");
	});
	it("fill once and with text only", () => {
		expect(fill("{a}{b}{c}", { a: "{b}", b: "<b>" })).toBe("{b}<b>{c}");
	});
});
