import { describe, expect, it } from "vitest";
import { parseJst } from "./dates";

describe("parseJst", () => {
	it.each([
		["2026/11/24 14:30", "2026-11-24T14:30:00+09:00"],
		["2026-1-2 9:05", "2026-01-02T09:05:00+09:00"],
		["2026/11/24 14:30", "2026-11-24T14:30:00+09:00"],
	])("reads %s", (text, at) => expect(parseJst(text)).toBe(at));
	it.each(["2026/02/30 10:00", "2026/13/01 10:00", "2026/11/24 25:00", "昨日", "2026/11/24"])("refuses %s", (text) =>
		expect(parseJst(text)).toBeNull(),
	);
});
