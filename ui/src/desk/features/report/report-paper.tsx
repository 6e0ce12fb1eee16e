// All of a report on paper, as it will be printed: what the screen shows would be cut at the paper's edge.
import type { ReportForm } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { Paper } from "../../../shared/ui/paper";
import { useDesk } from "../../query";

export function ReportPaper({ form, back }: { form: ReportForm; back: () => void }) {
	const paper = useDesk("log", ["report-paper", form.branch, form.from, form.until], () => desk.reportPaper(form));
	return (
		<div className="slip-page" data-testid="report-paper">
			<ErrorNote cause={paper.error} />
			<div className="buttons">
				{paper.data && (
					<button type="button" className="primary" autoFocus onClick={() => window.print()}>
						{t("slipPrintNow")}
					</button>
				)}
				<button type="button" onClick={back} data-testid="report-back">
					{t("reportBack")}
				</button>
			</div>
			{paper.data && <Paper pages={paper.data.pages} label={t("report")} wide />}
		</div>
	);
}
