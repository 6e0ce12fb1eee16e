// What is in a file, and every bad line with its reason and what to do.
import type { ImportReportView } from "../../../../generated/desk";
import { lineReason } from "../../../../shared/text/import-words";
import { t } from "../../../../shared/text/ja";

/** How much of what, for the words. */
export const counted = ({ rows, customers, knownCustomers, contracts, users }: ImportReportView) => ({
	rows,
	customers,
	knownCustomers,
	contracts,
	users,
});

export function Report({ report }: { report: ImportReportView }) {
	return (
		<div data-testid="import-report">
			<p>
				<b>{t("importFound", counted(report))}</b>
			</p>
			{report.problemCount === 0 ? (
				<p className="note note-good">{t("importGood")}</p>
			) : (
				<>
					<p className="note note-error" role="alert" data-testid="import-bad">
						{t("importBad", { count: report.problemCount })}
					</p>
					<table className="dense" data-testid="import-problems">
						<thead>
							<tr>
								<th scope="col">{t("importLine")}</th>
								<th scope="col">{t("importColumn")}</th>
								<th scope="col">{t("importReason")}</th>
							</tr>
						</thead>
						<tbody>
							{report.problems.map((one) => (
								<tr key={`${one.line}-${one.column}-${one.code}`}>
									<td>{one.line}</td>
									<td>{one.column}</td>
									<td>{lineReason(one.code, one.args)}</td>
								</tr>
							))}
						</tbody>
					</table>
					{report.problems.length < report.problemCount && (
						<p className="quiet">{t("importMore", { count: report.problemCount - report.problems.length })}</p>
					)}
				</>
			)}
		</div>
	);
}
