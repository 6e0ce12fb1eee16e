// What is in a file, and every bad line with its reason and what to do.
import type { ImportReportView } from "../../../../generated/desk";
import { desk } from "../../../../shared/ipc";
import { lineReason } from "../../../../shared/text/import-words";
import { t } from "../../../../shared/text/ja";
import { ExportButton, Exported, useExport } from "../../export/export-button";

/** How much of what, for the words. */
export const counted = ({ rows, customers, knownCustomers, contracts, users }: ImportReportView) => ({
	rows,
	customers,
	knownCustomers,
	contracts,
	users,
});

/** What is wrong, as a file of all of it: whoever corrects it works in a spreadsheet. */
function Problems({ sha256, report }: { sha256: string; report: ImportReportView }) {
	const exporting = useExport((how) => desk.exportImportProblems(sha256, how));
	return (
		<>
			<div className="buttons">
				<ExportButton exporting={exporting} />
			</div>
			<Exported exporting={exporting} />
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
						<tr key={`${one.line}-${one.column}-${one.code}-${one.args.line ?? ""}`}>
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
	);
}

export function Report({ sha256, report }: { sha256: string; report: ImportReportView }) {
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
					<Problems key={sha256} sha256={sha256} report={report} />
				</>
			)}
		</div>
	);
}
