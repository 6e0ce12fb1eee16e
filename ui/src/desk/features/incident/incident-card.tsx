// One report of a loss: what it stops, what is known, what is missing, and how a supervisor settles it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { IncidentView } from "../../../generated/desk";
import { dateTime, dayOf, dayShort, todayIso } from "../../../shared/dates";
import { desk, refusal } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { causeWord, outcomeWord } from "../../../shared/text/words";
import { Dialog } from "../../../shared/ui/dialog";
import { ErrorNote, errorTitle } from "../../../shared/ui/error-note";
import { MadeAt } from "../../../shared/ui/made-at";
import { LineButton } from "../../line";
import { formatRoute } from "../../route";
import { settled } from "../../settled";
import { NoticeButton } from "../slip/notice-button";
import { RefuseDialog } from "./refuse-dialog";
import { ReportForm } from "./report-form";

type Asking = "report" | "resume" | "revoke" | "refuse" | null;

export function IncidentCard({ incident, withCustomer }: { incident: IncidentView; withCustomer?: boolean }) {
	const [asking, setAsking] = useState<Asking>(null);
	const id = incident.incidentId;
	const act = useMutation({
		mutationFn: (what: "paper" | "remind" | "confirm" | "resume" | "revoke") => {
			switch (what) {
				case "paper":
					return desk.recordRevocationPaper(id, todayIso()).then(settled);
				case "remind":
					return desk.recordPaperReminder(id).then(settled);
				case "confirm":
					return desk.confirmIncident(id).then(settled);
				case "resume":
					return desk.resumeIncident(id, false).then(settled);
				case "revoke":
					return desk.revokeIncident(id).then(settled);
			}
		},
		// Whoever refuses the check mark goes on until it is resumed or revoked.
		onSettled: (_data, _error, what) => setAsking(what === "paper" && asking === "refuse" ? "refuse" : null),
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
				{incident.overdue && (
					<b className="overdue" data-testid="incident-overdue">
						{t("checkMarkOverdue", { day: dayShort(incident.confirmBy) })}
					</b>
				)}
			</h3>
			{open && incident.review && (
				<p className="note note-warn" data-testid="incident-review">
					{errorTitle(refusal(incident.review).view)} {t("reviewLead")}
				</p>
			)}
			<dl className="incident-facts">
				<div>
					<dt>{t("stopWhat")}</dt>
					<dd>
						<code>{incident.userId ?? incident.contract}</code> {incident.contract && t("stopContract")}
						{incident.stopped.length > 0 &&
							incident.stopped.join() !== incident.userId &&
							` → ${incident.stopped.join("、")}`}
					</dd>
				</div>
				<div>
					<dt>{t("reportedBy")}</dt>
					<dd>
						{incident.reportedBy} <MadeAt madeAt={incident.madeAt} offline={incident.offline} />
					</dd>
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
					<dd>
						{incident.paperOn || !open ? (
							incident.paperOn && dayShort(incident.paperOn)
						) : (
							<Outstanding incident={incident} />
						)}
					</dd>
				</div>
				<div>
					<dt>{t("checkMark")}</dt>
					<dd>
						{incident.confirmedBy ??
							t(open ? "checkMarkBy" : "checkMarkMissing", { day: dayShort(incident.confirmBy) })}
					</dd>
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
						<LineButton disabled={act.isPending} onClick={() => act.mutate("paper")} data-testid="incident-paper">
							{t("paperReceived")}
						</LineButton>
					)}
					{!incident.paperOn && (
						<LineButton disabled={act.isPending} onClick={() => act.mutate("remind")} data-testid="incident-remind">
							{t("paperRemind")}
						</LineButton>
					)}
					{!incident.confirmedBy && (
						<LineButton
							className="primary"
							disabled={!settles || act.isPending}
							onClick={() => act.mutate("confirm")}
							data-testid="incident-confirm"
						>
							{t("checkMarkSet")}
						</LineButton>
					)}
					{!incident.confirmedBy && (
						<LineButton disabled={!settles} onClick={() => setAsking("refuse")} data-testid="incident-refuse">
							{t("checkMarkRefuse")}
						</LineButton>
					)}
					<LineButton
						disabled={!settles || incident.cause !== "lost"}
						onClick={() => setAsking("resume")}
						data-testid="incident-resume"
					>
						{t("resume")}
					</LineButton>
					<LineButton
						className="danger"
						disabled={!settles || !incident.paperOn}
						onClick={() => setAsking("revoke")}
						data-testid="incident-revoke"
					>
						{t("revoke")}
					</LineButton>
					<NoticeButton kind="suspension" id={id} />
				</div>
			)}
			{open && incident.settleRefusal === "two_person_rule" && <ErrorNote cause={refusal("two_person_rule")} />}
			{asking === "report" && (
				<Dialog title={t("reportSave")} onClose={() => setAsking(null)} testid="report-dialog">
					<ReportForm incident={id} onDone={() => setAsking(null)} />
				</Dialog>
			)}
			{asking === "refuse" && (
				<RefuseDialog
					incident={incident}
					busy={act.isPending}
					error={act.error}
					onChoose={(what) => (what === "paper" ? act.mutate(what) : setAsking(what))}
					onClose={() => setAsking(null)}
				/>
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

/** How long the paper has been missing, and whether it is time to ask again. */
function Outstanding({ incident }: { incident: IncidentView }) {
	const asked = incident.remindedAt
		? t("paperReminded", { count: incident.paperReminders, at: dayOf(incident.remindedAt) })
		: "";
	return (
		<>
			{t("paperOutstandingDays", { days: incident.paperDays })} {asked}{" "}
			{incident.reminderDue && (
				<b className="overdue" data-testid="reminder-due">
					{t("paperReminderDue")}
				</b>
			)}
		</>
	);
}
