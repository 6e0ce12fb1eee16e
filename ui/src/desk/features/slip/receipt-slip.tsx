// 受付票: the customer's receipt for an application. Nothing secret is on it.
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { Paper } from "../../../shared/ui/paper";
import { useDesk } from "../../query";
import { PrintButtons } from "./print-buttons";

export function ReceiptSlip({ id }: { id: string }) {
	const slip = useDesk("applications", ["receipt", id], () => desk.receiptSlip(id));
	return (
		<main className="page slip-page" data-testid="receipt-page">
			<h1>{t("printReceipt")}</h1>
			<ErrorNote cause={slip.error} />
			<PrintButtons ready={slip.data !== undefined} />
			{slip.data && <Paper pages={slip.data.pages} label={t("printReceipt")} />}
		</main>
	);
}
