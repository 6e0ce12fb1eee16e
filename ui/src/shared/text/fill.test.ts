import { describe, expect, it } from "vitest";
import { fill } from "./fill";

describe("a text with places to fill in", () => {
	it("takes each value once, as it is", () => {
		expect(fill("{a}{b}{c}", { a: "{b}", b: "<b>" })).toBe("{b}<b>");
		expect(fill("{a} of {a}", { a: 0 })).toBe("0 of 0");
		expect(fill("{a}", { a: "{a|one|more} $& $1" })).toBe("{a|one|more} $& $1");
	});
	it("has one word for one, and another for more", () => {
		const text = "{count} {count|entry is|entries are} lost";
		for (const [count, said] of [
			[1, "1 entry is lost"],
			["1", "1 entry is lost"],
			[0, "0 entries are lost"],
			["1,001", "1,001 entries are lost"],
			[11, "11 entries are lost"],
		] as const)
			expect(fill(text, { count })).toBe(said);
		expect(fill("{count|all but one|}", { count: 2 })).toBe("");
	});
});
