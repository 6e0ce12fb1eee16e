// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import { refusal } from "../ipc";
import { errorNext, errorTitle } from "../ui/error-note";
import { lineReason } from "./import-words";
import { choose } from "./language";

afterEach(() => choose("ja", "t"));

const columns = refusal("import_columns", { missing: "店番, 契約日", unknown: "「支店」" }).view;
const tooLong = refusal("import_too_long", { rows: "100001", max: "100000", line: "100002" }).view;

describe("a file that is none of customers", () => {
	it("is told with the columns that are wrong, and no others", () => {
		expect(errorNext(columns)).toContain("足りない列: 店番, 契約日。決められていない列: 「支店」。");
		expect(errorNext(columns)).not.toContain("二つ以上");
		choose("en", "t");
		expect(errorNext(columns)).toContain("Missing: 店番, 契約日. Not known: 「支店」. Look");
	});
	it("is told with how many lines it has, how many it may have, and where to split it", () => {
		const all = () => errorTitle(tooLong) + errorNext(tooLong);
		for (const value of ["100001", "100000", "100002"]) expect(all()).toContain(value);
		choose("en", "t");
		for (const value of ["100001", "100000", "100002"]) expect(all()).toContain(value);
	});
});

describe("a line", () => {
	it("is told with the line it contradicts, and an open quotation mark as what it is", () => {
		expect(lineReason("user_twice", { line: "12" })).toContain("12行目");
		expect(lineReason("request_malformed", {})).toContain("列の数");
		expect(lineReason("request_malformed", { quote: '"' })).toContain("引用符");
		choose("en", "t");
		expect(lineReason("request_malformed", { quote: '"' })).toContain("quotation mark");
	});
});
