// What a report counts and measures, in words.
import type { ReportChart, ReportKind, ReportSpan, ReportTimeKind } from "../../../generated/desk";
import { type TextKey, t } from "../../../shared/text/ja";
import { isReissueCause, isRevocationReason, reasonWord, reissueCauseWord } from "../../../shared/text/words";

export const kindWords: Record<ReportKind, TextKey> = {
	issued: "reportIssued",
	reissued: "reportReissued",
	renewed: "reportRenewed",
	fetched: "reportFetched",
	suspended: "reportSuspended",
	revoked: "reportRevoked",
	lapsed: "reportLapsed",
	not_fetched: "reportNotFetchedGranted",
	ending: "reportEndingNothingAfter",
};
export const timeWords: Record<ReportTimeKind, TextKey> = {
	stopped: "reportTimeStopped",
	checked: "reportTimeChecked",
};
export const chartWords: Record<ReportChart, TextKey> = {
	issued: "reportChartIssued",
	stopped: "reportChartStopped",
};

/** Seconds as people say them: `2時間05分`, `3分20秒`, `4秒`. */
function duration(seconds: number): string {
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	if (hours > 0) return t("reportHours", { hours, minutes });
	return minutes > 0
		? t("reportMinutes", { minutes, seconds: seconds % 60 })
		: t("reportSeconds", { seconds: seconds % 60 });
}

/** What is told of how long something took; of nothing there is no middle and no longest. */
export const spanRows: [TextKey, (span: ReportSpan) => string | number][] = [
	["reportCount", (span) => span.count],
	["reportMedian", (span) => (span.count ? duration(span.median) : t("nothing"))],
	["reportWorst", (span) => (span.count ? duration(span.worst) : t("nothing"))],
];

/** A cause or a reason, as everywhere; one that a newer desk knows shows itself. */
export function detailWord(detail: string): string {
	if (isReissueCause(detail)) return reissueCauseWord(detail);
	return isRevocationReason(detail) ? reasonWord(detail) : detail;
}
