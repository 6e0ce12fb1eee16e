// What the words of an entry's events leave open, in a few words: which role, which setting, which branch, which day.
import type { LogLine, Unit } from "../../../generated/desk";
import { dateTime, dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { settingWord } from "../../../shared/text/policy-words";
import { changeWord, isChange } from "../../../shared/text/staff-words";
import { isRole, roleWord } from "../../../shared/text/words";
import { settingValue } from "./setting-value";

type Detail = LogLine["detail"];

export const detailWords = (detail: Detail): string[] =>
	[...ofStaff(detail), ...ofTerminal(detail), ...ofPolicy(detail), ...ofBranch(detail), ...ofLog(detail)].filter(
		(word) => word !== "",
	);

/** Which role and branch, which days of 代行, what was asked for; how many an auditor saw. */
function ofStaff(detail: Detail): string[] {
	const { staff_role: role, deputy_from: from, deputy_until: until, proposed } = detail;
	return [
		proposed && isChange(proposed) ? changeWord(proposed) : "",
		role && isRole(role) ? `${roleWord(role)} ${detail.staff_branch}` : "",
		detail.deputy_branch ?? "",
		from && until ? `${dayShort(from)}〜${dayShort(until)}` : "",
		detail.customers ? t("viewedCustomers", { count: detail.customers }) : "",
	];
}

function ofTerminal({
	terminal_from: from,
	terminal_branch: branch,
	terminal_label: label,
	...detail
}: Detail): string[] {
	return [
		from && from !== branch ? `${from} → ${branch}` : (branch ?? ""),
		label ?? "",
		detail.terminal_until ? `${t("terminalUntil")} ${dateTime(detail.terminal_until)}` : "",
	];
}

/** The first setting with its new value, and how many more there are. */
function ofPolicy({ setting, setting_value: value = "", setting_unit: unit, settings, ...detail }: Detail): string[] {
	if (!setting) return [];
	const more = Number(settings) - 1;
	return [
		`${settingWord(setting)} ${settingValue(value, (unit || null) as Unit | null)}`,
		more > 0 ? t("detailMore", { count: more }) : "",
		detail.effective_on ? t("policyFrom", { day: dayShort(detail.effective_on) }) : "",
	];
}

/** Into which branch, on which day, and how many; of a day that was signed off what was counted. */
function ofBranch(detail: Detail): string[] {
	const { merger_into: into, merger_on: on, leaving, signed_off: day } = detail;
	return [
		into && on ? t("branchAskedMerge", { into, day: dayShort(on) }) : "",
		into && leaving ? t("branchAskedMove", { into, count: leaving }) : "",
		detail.branch_proposed === "withdraw_merger" ? t("branchWithdraw") : "",
		detail.branch_name ?? "",
		detail.moved ? t("detailMoved", { moved: detail.moved, stayed: detail.stayed ?? "0" }) : "",
		detail.import_rows ? t("detailRows", { count: detail.import_rows }) : "",
		day ? dayShort(day) : "",
		day ? t("signOffCountedAs", { entries: detail.day_entries ?? "0", exceptions: detail.day_exceptions ?? "0" }) : "",
	];
}

function ofLog({ epoch, recovered }: Detail): string[] {
	return [epoch ? `${t("changeEpoch")} ${epoch}` : "", recovered ? `${t("changeRecovered")} ${recovered}` : ""];
}
