// 承認待ち: what could not wait first, then the queue on the left and everything needed to judge on the right. Walked through with the
// arrow keys; a decision by keyboard goes on to the next one.
import { useEffect, useState } from "react";
import type { ApplicationView, Status } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { arrowStep } from "../../../shared/keyboard";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { formatRoute, go, rename } from "../../route";
import { ApplicationFacts } from "../application/application-facts";
import { Decide, type Decision } from "./decide";
import { HeldActs } from "./held-acts";
import { QueueItem } from "./queue-item";
import { UnconfirmedStops } from "./unconfirmed-stops";
import { useChosen } from "./use-chosen";

const DECIDED = { approved: "approvedNow", returned: "returnedNow", rejected: "rejectedNow" } as const;

export function Approvals({ selected, status }: { selected?: string | undefined; status: Status }) {
	const queue = useDesk("applications", ["waiting"], () => desk.applications("waiting_for_approval"));
	const [done, setDone] = useState<{ how: Decision; application: ApplicationView }[]>([]);
	// What was read for an earlier visit may hold what was decided since: nothing of it is chosen.
	const read = queue.isFetchedAfterMount ? queue.data : undefined;
	const rows = read ?? [];
	const { shown, gone, beside, next } = useChosen(rows, selected);
	const choose = (row: ApplicationView | undefined) => row && go({ screen: "approvals", id: row.applicationId });
	useEffect(() => {
		// What is shown has an address: behind a lock it is found again.
		if (!selected && shown) rename({ screen: "approvals", id: shown.applicationId });
	}, [selected, shown]);
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			const step = arrowStep(event.key);
			const writing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select");
			if (!step || writing || event.ctrlKey || document.querySelector("dialog[open]")) return;
			event.preventDefault();
			choose(beside(step));
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	});
	const decided = (how: Decision, application: ApplicationView) => {
		setDone((before) => [{ how, application }, ...before].slice(0, 3));
		go({ screen: "approvals", ...(next && { id: next.applicationId }) });
	};
	return (
		<main className="page approvals" data-testid="approvals" data-waiting={rows.length}>
			<h1>{t("approvals")}</h1>
			<ErrorNote cause={queue.error} />
			<UnconfirmedStops />
			<HeldActs />
			{done.map(({ how, application: { applicationId: id, customerName: customer, receipt } }) => (
				<p key={id} className="note note-good" role="status" data-testid="decided">
					<span>
						{t(DECIDED[how], { customer })} <a href={formatRoute({ screen: "application", id })}>{receipt}</a>
					</span>
				</p>
			))}
			{read?.length === 0 && <Empty title={t("approvalsNone")} next={t("approvalsNoneNext")} />}
			<div className="split">
				<ul className="queue">
					{rows.map((row) => (
						<QueueItem key={row.applicationId} row={row} chosen={row === shown} />
					))}
				</ul>
				{gone && (
					<p className="note" role="status" data-testid="approval-gone">
						{t("approvalGone")}
					</p>
				)}
				{shown && (
					<div>
						<ApplicationFacts application={shown} />
						<Decide key={shown.applicationId} application={shown} status={status} onDecided={decided} />
						<p className="quiet">{t("approvalKeys")}</p>
					</div>
				)}
			</div>
		</main>
	);
}
