// What a report counts and measures, in words.
import type { ReportKind, ReportTimeKind } from "../../../generated/desk";
import type { TextKey } from "../../../shared/text/ja";

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
const details: Record<string, TextKey> = {
	broken: "reportBroken",
	disk_left: "reportDiskLeft",
	deleted: "reportDeleted",
	vanished: "reportVanished",
	replaced: "reportReplaced",
	renamed: "reportRenamed",
	ended: "reportEnded",
	key_compromise: "reportKeyCompromise",
	affiliation_changed: "reportRenamed",
	superseded: "reportSuperseded",
	cessation_of_operation: "reportCessation",
	privilege_withdrawn: "reportPrivilege",
};
/** A cause or a reason; one that a newer desk knows shows itself. */
export const detailKey = (detail: string): TextKey | undefined => details[detail];
