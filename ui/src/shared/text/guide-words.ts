// The incident guide in the branch's words. Total maps: a missing word does not compile.
import type {
	Answer,
	Effect,
	GuideEnd,
	GuideOutcome,
	Happening,
	Note,
	Question,
	Reason,
	When,
} from "../../generated/desk";
import { type TextKey, t } from "./ja";

const keyed =
	<K extends string>(map: Record<K, TextKey>) =>
	(key: K) =>
		t(map[key]);

export const questionWord = keyed<Question>({
	happened: "guideHappened",
	which_change: "guideWhichChange",
	whose: "guideWhose",
	out_of_hands: "guideOutOfHands",
	backup: "guideBackup",
	deleted_by_hand: "guideDeletedByHand",
	found: "guideFound",
	out_of_control: "guideOutOfControl",
});
/** What helps to answer. */
export const questionLead: Partial<Record<Question, TextKey>> = {
	out_of_hands: "guideOutOfHandsLead",
	backup: "guideBackupLead",
	deleted_by_hand: "guideDeletedByHandLead",
	out_of_control: "guideOutOfControlLead",
};
const happenedWord = keyed<Happening>({
	lost: "happenedLost",
	stolen: "happenedStolen",
	misuse: "happenedMisuse",
	broken: "happenedBroken",
	gone: "happenedGone",
	replaced: "happenedReplaced",
	not_fetched: "happenedNotFetched",
	left: "happenedLeft",
	closed: "happenedClosed",
	recontract: "happenedRecontract",
	renamed: "happenedRenamed",
});
/** Who does not know gives the careful answer. */
const unsure: Partial<Record<Question, "yes" | "no">> = {
	out_of_hands: "yes",
	deleted_by_hand: "no",
	out_of_control: "yes",
};

export function answerWord(answer: Answer, question?: Question): string {
	switch (answer.kind) {
		case "happened":
			return happenedWord(answer.happened);
		case "change":
			return t("guideChange");
		case "user":
			return answer.user;
		case "contract":
			return `${answer.contract} ${t("guideAll")}`;
		case "yes":
			return t(question && unsure[question] === "yes" ? "guideYesUnsure" : "guideYes");
		case "no":
			return t(question && unsure[question] === "no" ? "guideNoUnsure" : "guideNo");
	}
}

const outcomeTitle = keyed<GuideOutcome>({
	suspend_now: "endSuspend",
	remove_user: "endRemove",
	close_contract: "endClose",
	recontract: "endRecontract",
	settle_report: "endSettle",
	reissue: "endReissue",
	restore: "endRestore",
	new_pickup_code: "endNewCode",
	nothing_to_do: "endNothing",
});
export const endTitle = (end: GuideEnd): string =>
	end.reissueCause === "renamed" ? t("endRename") : outcomeTitle(end.outcome);

const doWord = keyed<GuideOutcome>({
	suspend_now: "doSuspend",
	remove_user: "doApply",
	close_contract: "doApply",
	recontract: "doApply",
	settle_report: "doSettle",
	reissue: "doApply",
	restore: "doRestore",
	new_pickup_code: "doNewCode",
	nothing_to_do: "doNothing",
});
export const confirmWord = (end: GuideEnd): string =>
	end.outcome === "nothing_to_do" && end.advice === null ? t("doClose") : doWord(end.outcome);

export const reasonWord = keyed<Reason>({
	certificate_hold: "rfcHold",
	key_compromise: "rfcCompromise",
	affiliation_changed: "rfcAffiliation",
	superseded: "rfcSuperseded",
	cessation_of_operation: "rfcCessation",
	privilege_withdrawn: "rfcPrivilege",
});
export const whenWord = keyed<When>({
	now: "whenNow",
	at_approval: "whenAtApproval",
	new_confirmed: "whenNewConfirmed",
	closing_day: "whenClosingDay",
	after_paper: "whenAfterPaper",
});
export const effectWord = keyed<Effect>({
	suspended: "effectSuspended",
	frozen: "effectFrozen",
	revoked: "effectRevoked",
	cancelled: "effectCancelled",
	kept: "effectKept",
});
export const noteWord = keyed<Note>({
	malware_check: "noteMalwareCheck",
	nobody_there: "noteNobodyThere",
	no_certificate: "noteNoCertificate",
	ended_already: "noteEndedAlready",
	stopped_already: "noteStoppedAlready",
	settle_first: "noteSettleFirst",
	supervisor_resumes: "noteSupervisorResumes",
	supervisor_settles: "noteSupervisorSettles",
	application_open: "noteApplicationOpen",
	unconfirmed: "noteUnconfirmed",
	deadline_just_passed: "noteDeadlineJustPassed",
	fetched_already: "noteFetchedAlready",
	renews_online: "noteRenewsOnline",
	customers_administrator: "noteCustomersAdministrator",
	contract_closes: "noteContractCloses",
});
