// What a report counts and measures, in words.
import type { ReportKind, ReportTimeKind } from "../../../generated/desk";
import type { TextKey } from "../../../shared/text/ja";
import { isReissueCause, isRevocationReason, reasonWord, reissueCauseWord } from "../../../shared/text/words";

export const kindWords: Record<ReportKind, TextKey> = {
	issued: "reportIssued",
	reissued: "reportReissued",
	renewed: "reportRenewed",
	fetched: "reportFetched",
	suspended: "reportSuspended",
	revoked: "reportRevoked",
	lapsed: "reportLapsed",
};
export const timeWords: Record<ReportTimeKind, TextKey> = {
	stopped: "reportTimeStopped",
	checked: "reportTimeChecked",
};
/** A cause or a reason, as everywhere; one that a newer desk knows shows itself. */
export function detailWord(detail: string): string {
	if (isReissueCause(detail)) return reissueCauseWord(detail);
	return isRevocationReason(detail) ? reasonWord(detail) : detail;
}
