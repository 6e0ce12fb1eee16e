// Branches beside each other, for whoever reads every one: what each had of the months that are shown.
import type { ReportView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { detailWord, kindWords, spanRows, timeWords } from "./report-words";

export function ReportBranches({ report }: { report: ReportView }) {
	const { rows, times, compared } = report;
	// Beyond the last branch there are all of them.
	const lines = [...compared, { code: "", name: t("reportTotal") }];
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: it is wider than most screens, and is moved by arrow keys
		<section className="report-table" tabIndex={0} aria-label={t("reportByBranch")}>
			<table className="dense report-branches" data-testid="report-branches">
				<caption>{t("reportByBranch")}</caption>
				<thead>
					<tr>
						<th scope="col">{t("branch")}</th>
						{rows.map((row) => (
							<th key={`${row.kind} ${row.detail}`} scope="col" className="number">
								{t(kindWords[row.kind])}
								{row.detail && <small> {detailWord(row.detail)}</small>}
							</th>
						))}
						{times.flatMap((time) =>
							spanRows.map(([name]) => (
								<th key={`${time.kind} ${name}`} scope="col" className="number">
									{t(timeWords[time.kind])} <small>{t(name)}</small>
								</th>
							)),
						)}
					</tr>
				</thead>
				<tbody>
					{lines.map((one, place) => (
						<tr key={one.code} data-testid={`report-branch-${one.code || "all"}`}>
							<th scope="row">
								{one.code} {one.name}
							</th>
							{rows.map((row) => (
								<td key={`${row.kind} ${row.detail}`} className="number">
									{row.branches[place] ?? row.total}
								</td>
							))}
							{times.flatMap((time) =>
								spanRows.map(([name, of]) => (
									<td key={`${time.kind} ${name}`} className="number">
										{of(time.branches[place] ?? time.all)}
									</td>
								)),
							)}
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
