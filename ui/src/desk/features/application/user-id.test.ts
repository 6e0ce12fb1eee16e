import { describe, expect, it } from "vitest";
import { readUserId } from "./user-id";

describe("readUserId", () => {
	it.each([
		["NSB00123A01"],
		["nsb00123a01"],
		["ＮＳＢ００１２３Ａ０１"],
		[" NSB 00123　A01 "],
		["NSB-00123-A01"],
		["ＮＳＢ－００１２３‐ａ０１"],
		["NSB−00123ーA01"],
		["NSB–00123—A01"],
	])("%s", (typed) => expect(readUserId(typed)).toBe("NSB00123A01"));
	it("keeps what makes another one of it", () => expect(readUserId("NSB00123_A01")).toBe("NSB00123_A01"));
	it("reads nothing as nothing", () => expect(readUserId("　- ")).toBe(""));
});
