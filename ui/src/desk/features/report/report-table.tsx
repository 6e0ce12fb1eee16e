// How often what happened, month by month; causes and reasons under their kind.
import type { ReportView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { detailWord, kindWords } from "./report-words";

export function ReportTable({ report }: { report: ReportView }) {
	return (
		<div className="report-table">
			<table className="dense" data-testid="report-table">
				<thead>
					<tr>
						<th scope="col">{t("reportItem")}</th>
						{report.months.map((month) => (
							<th key={month} scope="col" className="number">
								{month.replace("-", "/")}
							</th>
						))}
						<th scope="col" className="number">
							{t("reportTotal")}
						</th>
					</tr>
				</thead>
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
