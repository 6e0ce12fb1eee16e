// One report of a loss: what it stops, what is known, what is missing, and how a supervisor settles it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { IncidentView } from "../../../generated/desk";
import { dateTime, dayShort, todayIso } from "../../../shared/dates";
import { desk, refusal } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { causeWord, outcomeWord } from "../../../shared/text/words";
import { Dialog } from "../../../shared/ui/dialog";
import { ErrorNote } from "../../../shared/ui/error-note";
import { formatRoute } from "../../route";
import { settled } from "../approval/decide";
import { ReportForm } from "./report-form";

type Asking = "report" | "resume" | "revoke" | null;

export function IncidentCard({ incident, withCustomer }: { incident: IncidentView; withCustomer?: boolean }) {
	const [asking, setAsking] = useState<Asking>(null);
	const id = incident.incidentId;
	const act = useMutation({
		mutationFn: (what: "paper" | "confirm" | "resume" | "revoke") => {
			switch (what) {
				case "paper":
					return desk.recordRevocationPaper(id, todayIso()).then(settled);
				case "confirm":
					return desk.confirmIncident(id).then(settled);
				case "resume":
					return desk.resumeIncident(id, false).then(settled);
				case "revoke":
					return desk.revokeIncident(id).then(settled);
			}
		},
		onSettled: () => setAsking(null),
	});
	const open = incident.outcome === null;
	const settles = incident.settleRefusal === null;
	return (
		<article
			className={open ? "card incident" : "card"}
			data-testid="incident"
			data-outcome={incident.outcome ?? "open"}
		>
			<h3>
				{withCustomer && (
					<a href={formatRoute({ screen: "customer", id: incident.customerId })}>{incident.customerName}</a>
				)}{" "}
				{causeWord(incident.cause)} <small>{dateTime(incident.reportedAt)}</small>{" "}
				{incident.outcome && <b>{outcomeWord(incident.outcome)}</b>}
			</h3>
			<dl className="incident-facts">
				<div>
					<dt>{t("stopWhat")}</dt>
					<dd>
						<code>{incident.userId ?? incident.contract}</code> {incident.contract && t("stopContract")}
						{incident.stopped.length > 0 && ` → ${incident.stopped.join("、")}`}
					</dd>
				</div>
				<div>
					<dt>{t("reportedBy")}</dt>
					<dd>{incident.reportedBy}</dd>
				</div>
				<div>
					<dt>{t("caller")}</dt>
					<dd>{incident.caller ? `${incident.caller} ${incident.phone}` : t("notAskedYet")}</dd>
				</div>
				<div>
					<dt>{t("lostAt")}</dt>
					<dd>{incident.lostAt ? dateTime(incident.lostAt) : t("unknown")}</dd>
				</div>
				<div>
					<dt>{t("revocationPaper")}</dt>
					<dd>{incident.paperOn ? dayShort(incident.paperOn) : t("paperOutstanding")}</dd>
				</div>
				<div>
					<dt>{t("checkMark")}</dt>
					<dd>{incident.confirmedBy ?? t("checkMarkMissing")}</dd>
				</div>
			</dl>
			<ErrorNote cause={act.error} />
			{open && (
				<div className="buttons">
					{!incident.caller && (
						<button type="button" onClick={() => setAsking("report")} data-testid="incident-report">
							{t("reportSave")}
						</button>
					)}
					{!incident.paperOn && (
						<button
							type="button"
							disabled={act.isPending}
							onClick={() => act.mutate("paper")}
							data-testid="incident-paper"
						>
							{t("paperReceived")}
						</button>
					)}
					{!incident.confirmedBy && (
						<button
							type="button"
							className="primary"
							disabled={!settles || act.isPending}
							onClick={() => act.mutate("confirm")}
							data-testid="incident-confirm"
						>
							{t("checkMarkSet")}
						</button>
					)}
					<button
						type="button"
						disabled={!settles || incident.cause !== "lost"}
						onClick={() => setAsking("resume")}
						data-testid="incident-resume"
					>
						{t("resume")}
					</button>
					<button
						type="button"
						className="danger"
						disabled={!settles || !incident.paperOn}
						onClick={() => setAsking("revoke")}
						data-testid="incident-revoke"
					>
						{t("revoke")}
					</button>
				</div>
			)}
			{open && incident.settleRefusal === "two_person_rule" && <ErrorNote cause={refusal("two_person_rule")} />}
			{asking === "report" && (
				<Dialog title={t("reportSave")} onClose={() => setAsking(null)} testid="report-dialog">
					<ReportForm incident={id} onDone={() => setAsking(null)} />
				</Dialog>
			)}
			{(asking === "resume" || asking === "revoke") && (
				<Dialog title={t(asking)} onClose={() => setAsking(null)} testid="settle-dialog">
					<p>{asking === "resume" ? t("resumeQuestion") : t("revokeMeaning")}</p>
					<p>
						<b>{incident.stopped.join("、")}</b>
					</p>
					<div className="buttons">
						<button
							type="button"
							className={asking === "revoke" ? "danger" : "primary"}
							autoFocus
							disabled={act.isPending}
							onClick={() => act.mutate(asking)}
							data-testid="settle-yes"
						>
							{asking === "resume" ? t("resumeYes") : t("revokeYes")}
						</button>
						<button type="button" onClick={() => setAsking(null)}>
							{t("cancel")}
						</button>
					</div>
				</Dialog>
			)}
		</article>
	);
}
