// 発行通知書: masked preview, printing with a new code, and the record of the hand-over. The unmasked pages live only
// until printing is finished or the screen is left.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { SlipView, Status } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { Paper } from "../../../shared/ui/paper";
import { LineButton } from "../../line";
import { useDesk } from "../../query";
import { HandoverForm } from "./handover-form";

export function SlipPage({ id, application, status }: { id: string; application: string; status: Status }) {
	const preview = useDesk("applications", ["slip", id], () => desk.previewSlip(id));
	const owner = useDesk("applications", [application], () => desk.application(application));
	const [printed, setPrinted] = useState<SlipView | null>(null);
	const ticket = printed?.printTicket ?? null;
	useEffect(() => {
		if (!ticket) return;
		return () => void desk.slipDone(ticket);
	}, [ticket]);
	const print = useMutation({ mutationFn: () => desk.printSlip(id), onSuccess: setPrinted });
	const save = useMutation({ mutationFn: () => desk.saveSlipPdf(ticket ?? "") });
	const right = owner.data?.certificates.find((one) => one.certificateId === id);
	const shown = printed ?? preview.data;
	return (
		<main className="page slip-page" data-testid="slip-page">
			<h1>
				{t("slip")} <small>{owner.data?.customerName}</small>
			</h1>
			<div className="split slip-split">
				<div className="slip-side">
					{printed ? (
						<section className="card">
							<p data-testid="slip-ready">{t("slipReady", { number: printed.number })}</p>
							<div className="buttons">
								<button
									type="button"
									className="primary"
									onClick={() => window.print()}
									data-testid="print-now"
									autoFocus
								>
									{t("slipPrintNow")}
								</button>
								{status.training && (
									<button type="button" onClick={() => save.mutate()} data-testid="save-pdf">
										{t("slipSavePdf")}
									</button>
								)}
								<button type="button" onClick={() => setPrinted(null)} data-testid="slip-done">
									{t("slipDone")}
								</button>
							</div>
							{save.data && <p data-testid="saved-path">{t("slipSaved", { path: save.data })}</p>}
							<ErrorNote cause={save.error} />
						</section>
					) : (
						right?.state === "authorised" && (
							<section className="card">
								<p>{right.slips === 0 ? t("slipPrintLead") : t("slipPrintAgainLead")}</p>
								<LineButton
									className={right.slips === 0 ? "primary" : undefined}
									disabled={print.isPending}
									onClick={() => print.mutate()}
									data-testid="print-slip"
								>
									{right.slips === 0 ? t("slipPrint") : t("slipPrintAgain")}
								</LineButton>
							</section>
						)
					)}
					<ErrorNote cause={print.error ?? preview.error ?? owner.error} />
					{right && right.slips > 0 && !printed && <HandoverForm right={right} />}
				</div>
				{shown && (
					<figure>
						{shown.masked && <figcaption className="quiet">{t("slipPreview")}</figcaption>}
						<Paper pages={shown.pages} label={t("slip")} />
					</figure>
				)}
			</div>
		</main>
	);
}
