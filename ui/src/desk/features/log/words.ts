// The words of 発行ログ: reasons by what they are the reason of, the values an entry changed, whole sentences.
import type { ChangeView, FindingKind, GapKind, LogLine } from "../../../generated/desk";
import { dateTime, dayShort } from "../../../shared/dates";
import { errorText, isErrorCode } from "../../../shared/text/errors";
import { type TextKey, t } from "../../../shared/text/ja";
import {
	actingWord,
	applicationWord,
	causeWord,
	certificateWord,
	eventWord,
	isApplicationState,
	isCause,
	isCertificateState,
	isReissueCause,
	isRevocationReason,
	loginWord,
	outcomeWord,
	reasonWord,
	reissueCauseWord,
} from "../../../shared/text/words";

const actors: Record<string, TextKey> = {
	customer: "actorCustomer",
	system: "actorSystem",
	operator: "actorOperator",
	terminal: "actorTerminal",
};

export const actorWord = (kind: string): string => {
	const key = actors[kind];
	return key ? t(key) : kind;
};

/** Who, with the role of that moment. */
export const who = (line: LogLine): string =>
	line.actorKind in actors
		? actorWord(line.actorKind)
		: `${line.actorName || line.actorId}${line.actorRole ? `(${actingWord(line.actorRole, line.actorDeputy)})` : ""}`;

export const what = (line: LogLine): string => [...new Set(line.events.map(eventWord))].join("、");

/** `revocation.key_compromise` in words. */
export function whyWord(reason: string): string {
	const [of = "", why = ""] = reason.split(".");
	if (of === "revocation" && isRevocationReason(why)) return `${t("whyRevocation")}:${reasonWord(why)}`;
	if (of === "report" && isCause(why)) return `${t("whyReport")}:${causeWord(why)}`;
	if (of === "reissue" && isReissueCause(why)) return `${t("whyReissue")}:${reissueCauseWord(why)}`;
	if (of === "refusal" && isErrorCode(why)) return `${t("whyRefusal")}:${errorText(why).title}`;
	return reason;
}

/** The entry as one sentence. */
export function sentence(line: LogLine): string {
	const whom = [line.customerName, line.userId, line.receipt].filter((part) => part !== "").join(" ");
	return t(
		line.terminalLabel
			? whom
				? "logSentence"
				: "logSentenceBare"
			: whom
				? "logSentenceCentre"
				: "logSentenceCentreBare",
		{
			at: dateTime(line.at),
			who: who(line),
			where: line.terminalLabel,
			whom,
			what: what(line),
		},
	);
}

const changes: Record<string, TextKey> = {
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
};

export const changeWord = (change: ChangeView): string => {
	const key = changes[change.what];
	return key ? t(key) : change.what;
};

/** What it is about: of a certificate its user ID and when it was granted. */
export function changeOf(change: ChangeView): string {
	const [user = "", granted] = change.of.split(" ");
	if (granted) return `${user}(${t("grantedAt", { at: dateTime(granted) })})`;
	return isCause(change.of) ? causeWord(change.of) : change.of;
}

export function changeValue(change: ChangeView, value: string): string {
	if (value === "") return "―";
	if (change.what === "certificate" && isCertificateState(value)) return certificateWord(value);
	if (change.what === "application" && isApplicationState(value)) return applicationWord(value);
	if (change.what === "contract") return t(value === "active" ? "contractActive" : "contractClosed");
	if (change.what === "login" && (value === "password" || value === "certificate")) return loginWord(value);
	if (change.what === "incident") {
		if (value === "resumed" || value === "revoked") return outcomeWord(value);
		return t(value === "confirmed" ? "changeConfirmed" : "changeReported");
	}
	if (change.what === "deadline" || change.what === "paper" || change.what === "closing_on") return dayShort(value);
	return value;
}

/** What this desk can't say, and what follows from it. */
export const gapTexts: Record<GapKind, readonly [TextKey, TextKey]> = {
	since: ["gapSince", "gapSinceMeans"],
	hash_only: ["gapHashOnly", "gapHashOnlyMeans"],
	key_elsewhere: ["gapKeyElsewhere", "gapKeyElsewhereMeans"],
	centres_word: ["gapCentresWord", "gapCentresWordMeans"],
	restored: ["gapRestored", "gapRestoredMeans"],
	recovering: ["gapRecovering", "gapRecoveringMeans"],
	lost: ["gapLost", "gapLostMeans"],
};

/** What is not as it was signed. */
export const findingTexts: Record<FindingKind, TextKey> = {
	entry: "findingEntry",
	attachment: "findingAttachment",
	signature: "findingSignature",
	fork: "findingFork",
	ahead: "findingAhead",
	tree: "findingTree",
	checkpoint: "findingCheckpoint",
	other: "findingOther",
};
