import { afterEach, describe, expect, it, vi } from "vitest";
import type { ChangeView, LogLine } from "../../../generated/desk";
import { choose } from "../../../shared/text/language";
import { changeOf, changeSentence, changeValue, changeWord } from "./changes";
import { detailWords } from "./detail";
import { sentence } from "./words";

const change = (what: string, before: string | null, after: string, more: Partial<ChangeView> = {}): ChangeView => ({
	what,
	of: "",
	before,
	after,
	unit: null,
	...more,
});

const minutes = { of: "idle_lock_minutes", unit: "minutes" } as const;
const browsers = { of: "browsers" };
const first = { at: "2026-11-24T01:00:00+00:00" };

// The choice of a language is also written on the page.
vi.stubGlobal("document", { documentElement: {} });
afterEach(() => choose("ja", ""));

describe("a change as a sentence", () => {
	it.each([
		[change("role", "teller", "supervisor"), "役割は、「窓口担当」から「役席」に変わりました。"],
		[change("role", null, "teller"), "役割は、「窓口担当」になりました。"],
		[change("asked_role", "teller", "supervisor"), "役割を「窓口担当」から「役席」に変える依頼です。"],
		[
			change("dropped_role", "supervisor", "teller"),
			"役割を「役席」にする依頼は取り下げられ、「窓口担当」のままです。",
		],
		[change("staff_state", "working", "locked"), "状態は、「利用中」から「ロック」に変わりました。"],
		[
			change("deputy", "", "2026-12-01 2026-12-10", { of: "高田支店(002)" }),
			"代行(高田支店(002))は、「2026/12/01〜2026/12/10」になりました。",
		],
		[
			change("deputy", "2026-12-01 2026-12-10", "", { of: "高田支店(002)" }),
			"代行(高田支店(002))「2026/12/01〜2026/12/10」は、なくなりました。",
		],
		[
			change("proposal", "submitted", "approved", { of: "change" }),
			"依頼(役割・所属の変更)は、「承認待ち」から「承認済」に変わりました。",
		],
		[
			change("terminal_branch", "本店(001)", "高田支店(002)"),
			"取引店は、「本店(001)」から「高田支店(002)」に変わりました。",
		],
		[change("terminal_state", "", "requested"), "状態は、「承認待ち」になりました。"],
		[change("setting", "6", "7", minutes), "離席ロックまでの時間は、「6分」から「7分」に変わります。"],
		[
			change("asked_setting", "edge chrome", "edge", browsers),
			"取得できるブラウザを「Edge、Chrome」から「Edge」に変える提案です。",
		],
		[
			change("dropped_setting", "7", "6", minutes),
			"離席ロックまでの時間を「7分」にする提案は取り下げられ、「6分」のままです。",
		],
		[
			change("setting", "", "2026-12-30 2027-01-04", { of: "closed_days" }),
			"休業日(土日・祝日・年末年始のほか)は、「なし」から「2026/12/30、2027/01/04」に変わります。",
		],
		[change("effective_on", "", "2026-12-01"), "2026/12/01 から適用されます。"],
		[change("merger_into", "", "高田支店(002)"), "統合先は、「高田支店(002)」になりました。"],
		[change("merger_on", "", "2027-01-04"), "統合日は、「2027/01/04」になりました。"],
		[change("signed_off", "", "signed", { of: "2026-11-24" }), "日次検印(2026/11/24)は、「検印済」になりました。"],
		[change("epoch", "0", "2"), "ログの世代は、「0」から「2」に変わりました。"],
		[
			change("certificate", "", "authorised", { of: `MIHON001 ${first.at}` }),
			"証明書(MIHON001(2026/11/24 10:00:00 発行))は、「発行済・未取得」になりました。",
		],
	])("%o", (one, text) => expect(changeSentence(one)).toBe(text));

	it("is in English as well", () => {
		choose("en", "");
		const told = (one: ChangeView) => changeSentence(one);
		expect(told(change("role", "teller", "supervisor"))).toBe("Role changed from “Teller” to “Supervisor”.");
		expect(told(change("asked_setting", "6", "7", minutes))).toContain("from “6 minutes” to “7 minutes”");
		expect(told(change("effective_on", "", "2026-12-01"))).toBe("In force from 2026/12/01.");
	});
});

describe("a row of the table", () => {
	it("says that this desk does not know what was before", () =>
		expect(changeValue(change("role", null, "teller"), null)).toBe("不明(この端末にない記録)"));
	it("tells what is asked for from what is", () => {
		expect(changeWord(change("asked_setting", "6", "7", minutes))).toBe("提案: 離席ロックまでの時間");
		expect(changeWord(change("dropped_merger_on", "2027-01-04", ""))).toBe("取下げ: 統合日");
		expect(changeOf(change("proposal", "", "submitted", { of: "move_customers" }))).toBe("お客様の移管");
	});
	it("has a word for everything", () => {
		const whats = [
			"staff_name staff_branch locked_until password deputy terminal_label terminal_until branch_name kana on_their_way moved",
			"stayed import_rows day_entries day_exceptions backup_at backup_entries recovery recovered lost unheard given_up_because",
		];
		for (const what of whats.join(" ").split(" ")) expect(changeWord(change(what, "", "x"))).not.toBe(what);
	});
});

const line = (events: string[], detail: Record<string, string>): LogLine => ({
	index: 9,
	entryId: "",
	at: first.at,
	subjectKind: "policy",
	events,
	actorKind: "staff",
	actorId: "H9001",
	actorName: "事務 花子",
	actorRole: "head_office",
	actorDeputy: false,
	terminalLabel: "本部 1番",
	customerId: null,
	customerName: "",
	userId: "",
	receipt: "",
	detail,
	madeAt: null,
	offline: false,
});

describe("an entry in sentences", () => {
	const proposed = line(["policy_change_proposed"], {
		setting: "idle_lock_minutes",
		setting_value: "7",
		setting_unit: "minutes",
		settings: "2",
		effective_on: "2026-12-01",
	});
	it("says what the line leaves open where nothing more is known", () => {
		expect(sentence(proposed)).toContain(
			"「運用の設定の変更の提案(離席ロックまでの時間 7分 ほか1件 2026/12/01 から適用)」を行いました。",
		);
	});
	it("goes on with what changed", () => {
		const text = sentence(proposed, [change("asked_setting", "6", "7", minutes)]);
		expect(text).toMatch(/「運用の設定の変更の提案」を行いました。離席ロックまでの時間を「6分」から/);
	});
	it("leaves much to the table", () => {
		const many = Array.from({ length: 27 }, (_, n) => change("setting", null, "1", { of: `${n}` }));
		expect(sentence(proposed, many)).toContain("変わったことは27件あり");
	});
});

describe("what a line leaves open", () => {
	it.each([
		[
			{ terminal_from: "本店(001)", terminal_branch: "高田支店(002)", terminal_label: "窓口 1番" },
			["本店(001) → 高田支店(002)", "窓口 1番"],
		],
		[{ merger_into: "高田支店(002)", merger_on: "2027-01-04" }, ["2027/01/04 に 高田支店(002) へ統合"]],
		[
			{ branch_proposed: "move_customers", merger_into: "高田支店(002)", leaving: "3" },
			["お客様 3件を 高田支店(002) へ移管"],
		],
		[{ staff_role: "supervisor", staff_branch: "001" }, ["役席 001"]],
		[{ epoch: "2" }, ["ログの世代 2"]],
		[{}, []],
	])("%o", (detail, words) => expect(detailWords(detail as Record<string, string>)).toEqual(words));
});
