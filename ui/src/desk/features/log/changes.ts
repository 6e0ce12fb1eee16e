// What an entry changed, in words: what it is a value of, its values, and a sentence of each.
import type { ChangeView } from "../../../generated/desk";
import { dateTime, dayShort } from "../../../shared/dates";
import { type TextKey, t } from "../../../shared/text/ja";
import { isPolicyChange, changeWord as policyChangeWord, settingWord } from "../../../shared/text/policy-words";
import {
	isChange,
	isStaffState,
	changeWord as staffChangeWord,
	staffStateWord,
} from "../../../shared/text/staff-words";
import {
	applicationWord,
	branchChangeWord,
	causeWord,
	certificateWord,
	isApplicationState,
	isBranchChange,
	isCause,
	isCertificateState,
	isRole,
	isTerminalState,
	loginWord,
	outcomeWord,
	roleWord,
	terminalStateWord,
} from "../../../shared/text/words";
import { settingValue } from "./setting-value";

const words: Record<string, TextKey> = {
	branch: "branch",
	cif: "cif",
	name: "name",
	kana: "kana",
	address: "address",
	phone: "phone",
	email: "email",
	contract: "contract",
	closing_on: "closingOn",
	user: "userId",
	login: "login",
	application: "applications",
	certificate: "certificate",
	slips: "changeSlips",
	deadline: "deadline",
	incident: "changeIncident",
	paper: "changePaper",
	proposal: "changeProposal",
	staff_name: "staffName",
	role: "role",
	staff_branch: "staffBranch",
	staff_state: "staffState",
	locked_until: "changeLockedUntil",
	password: "changePassword",
	deputy: "staffDeputyWord",
	terminal_branch: "branch",
	terminal_label: "terminalLabel",
	terminal_state: "terminalState",
	terminal_until: "terminalUntil",
	effective_on: "policyEffectiveOn",
	branch_name: "changeBranchName",
	merger_into: "changeMergerInto",
	merger_on: "branchOn",
	on_their_way: "changeOnTheirWay",
	moved: "changeMoved",
	stayed: "changeStayed",
	import_rows: "changeImportRows",
	signed_off: "signOff",
	day_entries: "changeDayEntries",
	day_exceptions: "changeDayExceptions",
	epoch: "changeEpoch",
	backup_at: "changeBackupAt",
	backup_entries: "changeBackupEntries",
	recovery: "changeRecovery",
	recovered: "changeRecovered",
	lost: "changeLost",
	unheard: "changeUnheard",
	given_up_because: "changeGivenUpBecause",
};

const days = new Set(["deadline", "paper", "closing_on", "effective_on", "merger_on"]);
const moments = new Set(["locked_until", "terminal_until", "backup_at"]);
const recoveries: Record<string, TextKey> = {
	under_way: "recoveryUnderWay",
	ended: "recoveryEnded",
	given_up: "recoveryGivenUp",
};

/** Something is asked for, or a request is dropped: `asked_role`, `dropped_role`. */
function parts(what: string): { how: "asked" | "dropped" | null; of: string } {
	const [, how, of] = /^(asked|dropped)_(.+)$/.exec(what) ?? [];
	return of ? { how: how === "asked" ? "asked" : "dropped", of } : { how: null, of: what };
}

/** The thing itself. */
function thing(change: ChangeView): string {
	const { of } = parts(change.what);
	if (of === "setting") return settingWord(change.of);
	const key = words[of];
	return key ? t(key) : of;
}

export function changeWord(change: ChangeView): string {
	const { how, of } = parts(change.what);
	if (how === null) return thing(change);
	const asked = of === "setting" ? "changeProposed" : "changeAsked";
	return t(how === "asked" ? asked : "changeDropped", { what: thing(change) });
}

/** What it is about: of a certificate its user ID and when it was granted. */
export function changeOf(change: ChangeView): string {
	const { of: what } = parts(change.what);
	if (what === "setting") return "";
	if (what === "proposal") {
		if (change.of === "policy") return t("policy");
		if (isChange(change.of)) return staffChangeWord(change.of);
		return isBranchChange(change.of) ? branchChangeWord(change.of) : change.of;
	}
	if (/^\d{4}-\d{2}-\d{2}$/.test(change.of)) return dayShort(change.of);
	const [user = "", granted] =
		what === "certificate" || what === "slips" || what === "deadline" ? change.of.split(" ") : [];
	if (granted) return `${user}(${t("grantedAt", { at: dateTime(granted) })})`;
	return isCause(change.of) ? causeWord(change.of) : change.of;
}

/** None: this desk can't say. */
export function changeValue(change: ChangeView, value: string | null | undefined): string {
	if (value === null || value === undefined) return t("changeUnknown");
	const { of: what } = parts(change.what);
	if (what === "setting") return settingValue(value, change.unit);
	if (value === "") return "―";
	if (days.has(what)) return dayShort(value);
	if (moments.has(what)) return dateTime(value);
	switch (what) {
		case "certificate":
			return isCertificateState(value) ? certificateWord(value) : value;
		case "application":
			return isApplicationState(value) ? applicationWord(value) : value;
		case "contract":
			return t(value === "active" ? "contractActive" : "contractClosed");
		case "login":
			return value === "password" || value === "certificate" || value === "elsewhere" ? loginWord(value) : value;
		case "incident":
			if (value === "resumed" || value === "revoked") return outcomeWord(value);
			return t(value === "confirmed" ? "changeConfirmed" : "changeReported");
		case "proposal":
			if (isPolicyChange(value) && change.of === "policy") return policyChangeWord(value);
			return isApplicationState(value) ? applicationWord(value) : value;
		case "role":
			return isRole(value) ? roleWord(value) : value;
		case "staff_state":
			return isStaffState(value) ? staffStateWord(value) : value;
		case "terminal_state":
			return isTerminalState(value) ? terminalStateWord(value) : value;
		case "password":
			return password(value);
		case "deputy":
			return spans(value);
		case "signed_off":
			return t("signOffSigned");
		case "recovery":
			return recoveries[value] ? t(recoveries[value]) : value;
		default:
			return value;
	}
}

/** Whose it is, and since when. */
function password(value: string): string {
	const [kind, since = ""] = value.split(" ");
	return t(kind === "temporary" ? "changePasswordTemporary" : "changePasswordOwn", { at: dateTime(since) });
}

/** First and last day of each time. */
function spans(value: string): string {
	const all = value.split(" ");
	const firsts = all.filter((_, place) => place % 2 === 0);
	return firsts.map((from, n) => `${dayShort(from)}〜${dayShort(all[2 * n + 1] ?? from)}`).join(t("listComma"));
}

/** So many changes are told in sentences. */
const MOST = 6;

export const joined = (sentences: string[]): string =>
	sentences.reduce((first, then) => t("sentences", { first, then }));

export function changesText(changes: ChangeView[]): string {
	if (changes.length > MOST) return t("changesMany", { count: changes.length });
	return joined(changes.map(changeSentence));
}

/** What a change says: with what was before, where there is none or nobody knows it here, where nothing is left. */
const texts = {
	now: { both: "changed", fresh: "changedNew", gone: "changedGone" },
	asked: { both: "asked", fresh: "askedNew", gone: "askedGone" },
	dropped: { both: "dropped", fresh: "droppedNew", gone: "droppedGone" },
} as const;
/** A setting holds something always, and comes into force on a day of its own. */
const ofSetting = {
	now: { both: "changedLater", fresh: "changedNew" },
	asked: { both: "proposed", fresh: "proposedNew" },
	dropped: { both: "proposedDropped", fresh: "proposedNew" },
} as const;

export function changeSentence(change: ChangeView): string {
	const { how, of } = parts(change.what);
	const whose = changeOf(change);
	const value = {
		what: whose ? `${thing(change)}(${whose})` : thing(change),
		before: changeValue(change, change.before),
		after: changeValue(change, change.after),
	};
	if (of === "effective_on" && how === null)
		return change.after ? t("effectiveFrom", { day: value.after }) : t("effectiveNot", { day: value.before });
	const unknown = change.before === null || change.before === undefined;
	if (of === "setting") return t(ofSetting[how ?? "now"][unknown ? "fresh" : "both"], value);
	const { both, fresh, gone } = texts[how ?? "now"];
	if (change.after === "") return t(gone, value);
	return t(unknown || change.before === "" ? fresh : both, value);
}
