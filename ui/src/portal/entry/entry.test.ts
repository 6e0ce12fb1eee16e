import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { passphraseFault, strength } from "./passphrase";
import { grouped, readCode } from "./pickup-code";
import { readUserId } from "./user-id";

const vectors: { code: string; valid: boolean }[] = JSON.parse(
	readFileSync(new URL("../../../../assets/pickup-code-vectors.json", import.meta.url), "utf8"),
);
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const fault = (text: string) => {
	const reading = readCode(text);
	return reading.ok ? undefined : reading.fault;
};

describe("the pickup code", () => {
	it("agrees with the vectors that the centre is tested against", () => {
		expect(vectors.length).toBeGreaterThanOrEqual(20);
		for (const { code, valid } of vectors) expect([code, readCode(code).ok]).toEqual([code, valid]);
	});
	it("reads what people type and answers with the plain symbols", () => {
		const plain = { ok: true, code: "SS6YS3C4DWA7N3606" };
		const ways = [
			"ss6y s3c4 dwa7 n360 6",
			"SS6Y-S3C4-DWA7-N36O-6",
			"ＳＳ６Ｙ−Ｓ３Ｃ４ーＤＷＡ７—Ｎ３６０－６",
			"\tss6ys3c4\u3000dwa7n36o6 ",
		];
		for (const typed of ways) expect(readCode(typed)).toEqual(plain);
		expect(readCode("P1XP-A7Z3-DJ8F-SSZ5-V")).toEqual(readCode("PLXP-A7Z3-DJ8F-SSZ5-V"));
		expect(readCode("P1XP-A7Z3-DJ8F-SSZ5-V")).toEqual(readCode("pixp-a7z3-dj8f-ssz5-v"));
	});
	it("finds every wrong symbol and every exchange of neighbours", () => {
		const good = [..."SS6YS3C4DWA7N3606"];
		for (let place = 0; place < good.length; place++) {
			for (const wrong of ALPHABET) {
				if (wrong === good[place]) continue;
				expect(fault(good.with(place, wrong).join(""))).toBe("check");
			}
			const [a, b] = [good[place], good[place + 1]];
			if (a && b && a !== b)
				expect(
					fault(
						good
							.with(place, b)
							.with(place + 1, a)
							.join(""),
					),
				).toBe("check");
		}
	});
	it("says what is wrong", () => {
		expect(fault("")).toBe("missing");
		expect(fault(" - ")).toBe("missing");
		expect(fault("SS6Y-S3C4-DWA7-N36")).toBe("short");
		expect(fault("SS6Y-S3C4-DWA7-N360-66")).toBe("long");
		expect(fault("SU6Y-S3C4-DWA7-N360-6")).toBe("character");
		expect(fault("SS6Y-S3C4-DWA7-N360-髙")).toBe("character");
	});
	it("is shown in groups of four", () => {
		expect(grouped("SS6YS3C4DWA7N3606")).toBe("SS6Y-S3C4-DWA7-N360-6");
		expect(grouped("SS6YS")).toBe("SS6Y-S");
		expect(grouped("")).toBe("");
	});
});

describe("the user ID", () => {
	it("comes in any case and width", () => {
		for (const typed of ["nsb00123a01", "ＮＳＢ００１２３Ａ０１", " NSB00123 A01 "]) {
			expect(readUserId(typed)).toEqual({ ok: true, userId: "NSB00123A01" });
		}
	});
	it("is refused where the centre would refuse it", () => {
		expect(readUserId("　")).toEqual({ ok: false, fault: "missing" });
		for (const typed of ["ABC12", "A".repeat(21), "ABC-1234", "利用者0001", "ABC'1234"]) {
			expect(readUserId(typed)).toEqual({ ok: false, fault: "form" });
		}
	});
});

describe("the passphrase", () => {
	it("holds only what every importer reads alike", () => {
		expect(passphraseFault("", 8, "NSB001")).toBe("missing");
		expect(passphraseFault("ぱすふれーず123", 8, "NSB001")).toBe("character");
		expect(passphraseFault("ｐａｓｓｗｏｒｄ", 8, "NSB001")).toBe("character");
		expect(passphraseFault("seven77", 8, "NSB001")).toBe("short");
		expect(passphraseFault("my nsb001 key", 8, "NSB001")).toBe("user_id");
		expect(passphraseFault("correct horse 7", 8, "NSB001")).toBeUndefined();
	});
	it("is not called strong for being long and dull", () => {
		expect(strength("")).toBe(0);
		for (const dull of ["aaaaaaaaaaaaaaaa", "1234567890", "abcdefghij", "password"])
			expect(strength(dull)).toBeLessThan(3);
		expect(strength("k7#Wq2!zR9$t")).toBeGreaterThan(2);
		expect(strength("Mado-guchi-2026-Tsuyoi-Aikotoba")).toBe(4);
	});
});
