// How often what happened, month by month; causes and reasons under their kind.
import type { ReportView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { MonthsHead } from "./months-head";
import { detailWord, kindWords } from "./report-words";

export function ReportTable({ report }: { report: ReportView }) {
	return (
		<div className="report-table">
			<table className="dense" data-testid="report-table">
				<MonthsHead months={report.months} last={t("reportTotal")} />
				<tbody>
					{report.rows.map((row) => (
						<tr key={`${row.kind} ${row.detail}`} data-testid={`report-${row.kind}${row.detail && `-${row.detail}`}`}>
							<th scope="row" className={row.detail ? "report-detail" : undefined}>
								{row.detail ? detailWord(row.detail) : t(kindWords[row.kind])}
							</th>
							{row.counts.map((count, place) => (
								<td key={report.months[place]} className="number">
									{count}
								</td>
							))}
							<td className="number">
								<b>{row.total}</b>
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
