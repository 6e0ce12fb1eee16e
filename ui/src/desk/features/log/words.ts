// The words of 発行ログ: reasons by what they are the reason of, the values an entry changed, whole sentences.
import type { ChangeView, FindingKind, GapKind, LogLine } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { errorText, isErrorCode } from "../../../shared/text/errors";
import { type TextKey, t } from "../../../shared/text/ja";
import {
	actingWord,
	causeWord,
	eventWord,
	isCause,
	isReissueCause,
	isRevocationReason,
	reasonWord,
	reissueCauseWord,
} from "../../../shared/text/words";
import { changesText, joined } from "./changes";
import { detailWords } from "./detail";

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

/** The entry in sentences: who did what, and what became of it. Of much, the table below says it. */
export function sentence(line: LogLine, changes: ChangeView[] = []): string {
	const whom = [line.customerName, line.userId, line.receipt].filter((part) => part !== "").join(" ");
	const left = changes.length === 0 ? detailWords(line.detail).join(" ") : "";
	const done = t(
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
			what: left ? `${what(line)}(${left})` : what(line),
		},
	);
	return changes.length > 0 ? joined([done, changesText(changes)]) : done;
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
