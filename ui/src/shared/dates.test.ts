import { describe, expect, it } from "vitest";
import { dayBeforeShort, daysBetween, parseDay, parseJst, parseMonth } from "./dates";

describe("daysBetween", () => {
	it.each([
		["2026-11-24", "2026-11-24", 0],
		["2026-12-31", "2027-01-04", 4],
		["2028-02-28", "2028-03-01", 2],
		["2026-11-26", "2026-11-24", -2],
	])("%s %s", (from, to, days) => expect(daysBetween(from, to)).toBe(days));
	it("goes back over the turn of the year", () => expect(dayBeforeShort("2027-01-01")).toBe("2026/12/31"));
});

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

describe("parseMonth", () => {
	it.each([
		["2026-11", "2026-11"],
		["2026-1", "2026-01"],
		["2026/01", "2026-01"],
		["202601", "2026-01"],
		["２０２６－０１", "2026-01"],
		["２０２６ー１", "2026-01"],
		["2026年1月", "2026-01"],
		["２０２６年１２月", "2026-12"],
		["R8.1", "2026-01"],
		["令和8年11月", "2026-11"],
	])("reads %s", (text, month) => expect(parseMonth(text)).toBe(month));
	it.each(["", "2026", "2026-", "2026-0", "2026-13", "2026-11-24", "20261", "11月", "今月"])("refuses %s", (text) =>
		expect(parseMonth(text)).toBeNull(),
	);
});

describe("parseDay", () => {
	it.each([
		["2026-11-24", "2026-11-24"],
		["2026/1/2", "2026-01-02"],
		["20261124", "2026-11-24"],
		["2026年11月24日", "2026-11-24"],
		["R8.11.24", "2026-11-24"],
		["r8/11/24", "2026-11-24"],
		["令和8年11月24日", "2026-11-24"],
		["令和元年5月1日", "2019-05-01"],
		["H31.4.30", "2019-04-30"],
		["S64.1.7", "1989-01-07"],
		["平成元年1月8日", "1989-01-08"],
	])("reads %s", (text, day) => expect(parseDay(text)).toBe(day));
	it.each(["", "2026/2/30", "2026/13/1", "R1.4.30", "H31.5.1", "S64.1.8", "R0.1.1", "昨日", "11/24"])(
		"refuses %s",
		(text) => expect(parseDay(text)).toBeNull(),
	);
});
