// 今日の仕事: what waits for this branch, in the order of the role that works here, and the list that is open.
import type { Status } from "../../../generated/desk";
import { todayLong } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { OpenIncidents } from "../incident/open-incidents";
import { Drafts } from "./drafts";
import { ListSection } from "./list-section";
import { firstList, listOf, orderFor } from "./lists";
import { Tiles } from "./tiles";

export function Today({ status, list }: { status: Status; list: string | undefined }) {
	const role = status.staff?.role;
	const order = orderFor(role);
	const chosen = listOf(list);
	const open = chosen ?? firstList(order, status.counts);
	const settles = role === "supervisor" || role === "head_office";
	return (
		<main className="page" data-testid="today">
			<h1>
				{t("navToday")} <small>{todayLong(new Date())}</small>
			</h1>
			{settles && status.counts.incidentsOverdue > 0 && (
				<p className="note note-error" role="alert" data-testid="overdue-stops">
					{t("overdueStops", { count: status.counts.incidentsOverdue })}
				</p>
			)}
			<Tiles order={order} counts={status.counts} open={open} />
			<p className="quiet">{t("listKeys")}</p>
			{settles && <OpenIncidents />}
			<ListSection key={`${open} ${chosen ?? ""}`} list={open} chosen={chosen !== undefined} />
			{!settles && <OpenIncidents />}
			<Drafts />
		</main>
	);
}
