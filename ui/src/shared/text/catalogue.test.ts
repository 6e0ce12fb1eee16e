import { describe, expect, it } from "vitest";
import { en } from "./en";
import { errorTexts } from "./errors";
import { errorTextsEn } from "./errors.en";
import { ja } from "./ja";

/** A place for a word alone (`{count|entry|entries}`) is none of its own. */
const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
const words = (text: string) => [...text.matchAll(/\{(\w+)\|/g)].map(([, name]) => `{${name}}`);
const japanese = /[\u3040-\u30ff\u4e00-\u9fff]/;
/** What stands on paper or on the customer's pages is quoted as it stands there. */
const quoted = /経理課 1号機|窓口 1番|有効にする|日本語/;

describe("the staff's catalogues", () => {
	it("have the same places to fill in each language", () => {
		for (const key of Object.keys(ja) as (keyof typeof ja)[])
			expect([key, holes(en[key])]).toEqual([key, holes(ja[key])]);
		for (const code of Object.keys(errorTexts) as (keyof typeof errorTexts)[]) {
			const all = (text: { title: string; next: string }) => holes(text.title + text.next);
			expect([code, all(errorTextsEn[code])]).toEqual([code, all(errorTexts[code])]);
		}
	});
	it("choose a word only by what may stand in the text", () => {
		for (const text of Object.values(en)) expect(holes(text)).toEqual(expect.arrayContaining(words(text)));
		expect(Object.values(ja).flatMap(words)).toEqual([]);
	});
	it("speak one language each", () => {
		const texts = [...Object.values(en), ...Object.values(errorTextsEn).flatMap((text) => [text.title, text.next])];
		expect(texts.filter((text) => japanese.test(text.replace(quoted, "")))).toEqual([]);
		expect(Object.values(en).filter((text) => text.trim() === "")).toEqual([]);
	});
});
