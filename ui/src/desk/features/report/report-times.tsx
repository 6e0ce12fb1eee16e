// How long stops took, and what stands open now.
import type { ReportView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { timeWords } from "./report-words";

/** Seconds as people say them: `2時間05分`, `3分20秒`, `4秒`. */
function duration(seconds: number): string {
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	if (hours > 0) return t("reportHours", { hours, minutes });
	return minutes > 0
		? t("reportMinutes", { minutes, seconds: seconds % 60 })
		: t("reportSeconds", { seconds: seconds % 60 });
}

export function ReportTimes({ report }: { report: ReportView }) {
	return (
		<div className="two report-times">
			<table className="dense" data-testid="report-times">
				<caption>{t("reportTimes")}</caption>
				<thead>
					<tr>
						<th scope="col">{t("reportItem")}</th>
						<th scope="col">{t("reportCount")}</th>
						<th scope="col">{t("reportMedian")}</th>
						<th scope="col">{t("reportWorst")}</th>
					</tr>
				</thead>
				<tbody>
					{report.times.map((time) => (
						<tr key={time.kind}>
							<th scope="row">{t(timeWords[time.kind])}</th>
							<td className="number">{time.count}</td>
							<td className="number">{time.count ? duration(time.median) : t("nothing")}</td>
							<td className="number">{time.count ? duration(time.worst) : t("nothing")}</td>
						</tr>
					))}
				</tbody>
			</table>
			<table className="dense" data-testid="report-now">
				<caption>{t("reportNow")}</caption>
				<tbody>
					<tr>
						<th scope="row">{t("reportNotFetched")}</th>
						<td className="number">{report.notFetched}</td>
					</tr>
					<tr>
						<th scope="row">{t("reportEnding")}</th>
						<td className="number">{report.ending}</td>
					</tr>
				</tbody>
			</table>
		</div>
	);
}
