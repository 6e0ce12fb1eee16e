// 今日の仕事: what waits for this branch, and the way to each piece of it.
import type { Status } from "../../../generated/desk";
import { todayLong } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { ApplicationTable } from "../application/application-table";
import { OpenIncidents } from "../incident/open-incidents";
import { Drafts } from "./drafts";

export function Today({ status }: { status: Status }) {
	const inProgress = useDesk("applications", ["in_progress"], () => desk.applications("in_progress"));
	const returned = useDesk("applications", ["returned"], () => desk.applications("returned"));
	const counts = status.counts;
	const tiles: [string, number, string][] = [
		[t("todayIncidents"), counts.incidents, "incidents"],
		[t("todayWaiting"), counts.waitingForApproval, "waiting"],
		[t("todayReturned"), counts.returned, "returned"],
		[t("todayPrint"), counts.slipsToPrint, "print"],
		[t("todayHandover"), counts.slipsToHandOver, "handover"],
		[t("todayNotFetched"), counts.notFetched, "not-fetched"],
		[t("todayUnconfirmed"), counts.unconfirmed, "unconfirmed"],
	];
	return (
		<main className="page" data-testid="today">
			<h1>
				{t("navToday")} <small>{todayLong(new Date())}</small>
			</h1>
			<ErrorNote cause={inProgress.error ?? returned.error} />
			<ul className="tiles">
				{tiles.map(([label, count, id]) => (
					<li key={id} className={count === 0 ? "tile tile-zero" : "tile"} data-testid={`tile-${id}`}>
						<b>{count}</b>
						<span>{label}</span>
					</li>
				))}
			</ul>
			<OpenIncidents />
			<Drafts />
			{returned.data && returned.data.length > 0 && (
				<section>
					<h2>{t("returnedList")}</h2>
					<ApplicationTable rows={returned.data} />
				</section>
			)}
			<section>
				<h2>{t("inProgress")}</h2>
				{inProgress.data?.length === 0 ? (
					<Empty title={t("inProgressNone")} />
				) : (
					<ApplicationTable rows={inProgress.data ?? []} nextStep />
				)}
			</section>
		</main>
	);
}
