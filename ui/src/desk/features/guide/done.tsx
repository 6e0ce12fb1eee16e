// What was done, and what the customer takes along.

import { noteWord } from "../../../shared/text/guide-words";
import { t } from "../../../shared/text/ja";
import { go } from "../../route";
import { ReportForm } from "../incident/report-form";
import { StopQueued } from "../incident/stop-queued";
import { NoticeButton } from "../slip/notice-button";
import type { Finished } from "./guide";

export function Done({ customer, finished }: { customer: string; finished: Finished }) {
	const { end, incident, inForce } = finished;
	const leave = () => go({ screen: "customer", id: customer });
	if (incident) {
		return (
			<section className="card" data-testid="guide-stopped">
				<h2>{t(inForce ? "stopDone" : "stopQueuedTitle")}</h2>
				{inForce ? <p className="note note-good">{t("stopDoneLead")}</p> : <StopQueued />}
				{end.note && <p className="note note-warn">{noteWord(end.note)}</p>}
				<ReportForm incident={incident} onDone={leave} />
			</section>
		);
	}
	const restore = end.outcome === "restore";
	return (
		<section className="card" data-testid="guide-done">
			<h2>{t(restore ? "guideDoneRestore" : "guideDoneNothing")}</h2>
			<p className="note note-good">{t(restore ? "guideDoneRestoreLead" : "guideDoneNothingLead")}</p>
			<div className="buttons" data-testid="guide-papers">
				{restore && end.userId && <NoticeButton kind="restore" id={end.userId} />}
				<button type="button" className="primary" autoFocus onClick={leave} data-testid="guide-leave">
					{t("doClose")}
				</button>
			</div>
		</section>
	);
}
