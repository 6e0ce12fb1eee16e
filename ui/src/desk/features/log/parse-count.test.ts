import { describe, expect, it } from "vitest";
import { parseCount } from "./parse-count";

describe("parseCount", () => {
	it.each([
		["1024", 1024],
		["1,024", 1024],
		["１０２４", 1024],
		["１，０２４", 1024],
		["1、024", 1024],
		[" 1 024 ", 1024],
		["1,234,567件", 1_234_567],
		["0", 0],
	])("reads %s", (text, count) => expect(parseCount(text)).toBe(count));
	it.each(["", "x", "1,02", "1,0244", ",024", "1,,024", "-1", "1.5", "千", "99999999999"])("refuses %s", (text) =>
		expect(parseCount(text)).toBeNull(),
	);
});
