// How long stops took, month by month, and what stands open now.
import type { ReportView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { MonthsHead } from "./months-head";
import { spanRows, timeWords } from "./report-words";

export function ReportTimes({ report }: { report: ReportView }) {
	return (
		<>
			<div className="report-table">
				<table className="dense" data-testid="report-times">
					<caption>{t("reportTimes")}</caption>
					<MonthsHead months={report.months} last={t("reportAllMonths")} />
					{report.times.map((time) => (
						<tbody key={time.kind} data-testid={`report-time-${time.kind}`}>
							<tr>
								<th scope="rowgroup" colSpan={report.months.length + 2}>
									{t(timeWords[time.kind])}
								</th>
							</tr>
							{spanRows.map(([name, of]) => (
								<tr key={name}>
									<th scope="row" className="report-detail">
										{t(name)}
									</th>
									{time.months.map((span, place) => (
										<td key={report.months[place]} className="number">
											{of(span)}
										</td>
									))}
									<td className="number">
										<b>{of(time.all)}</b>
									</td>
								</tr>
							))}
						</tbody>
					))}
				</table>
			</div>
			<table className="dense report-now" data-testid="report-now">
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
		</>
	);
}
