// 発行管理簿 of a day: on screen as it will be printed, and as a file.
import { useMutation } from "@tanstack/react-query";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { Paper } from "../../../shared/ui/paper";
import { useDesk } from "../../query";
import { PrintButtons } from "../slip/print-buttons";

export function LedgerPage({ branch, day }: { branch: string; day: string }) {
	const paper = useDesk("log", ["ledger", branch, day], () => desk.dayLedger(branch, day));
	const saved = useMutation({ mutationFn: () => desk.saveDayLedger(branch, day) });
	return (
		<main className="page slip-page" data-testid="ledger-page">
			<h1>{t("ledger")}</h1>
			<ErrorNote cause={paper.error ?? saved.error} />
			<div className="buttons">
				<PrintButtons ready={paper.data !== undefined} />
				<button
					type="button"
					disabled={!paper.data || saved.isPending}
					onClick={() => saved.mutate()}
					data-testid="save-ledger"
				>
					{t("ledgerSave")}
				</button>
			</div>
			{saved.data && (
				<p className="note note-good" role="status" data-testid="exported">
					{t("listExported", { path: saved.data })}
				</p>
			)}
			{paper.data && <Paper pages={paper.data.pages} label={t("ledger")} />}
		</main>
	);
}
