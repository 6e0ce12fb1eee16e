// Stops that are not settled: how old, whose, and what is missing.
import type { IncidentRow } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { causeWord } from "../../../shared/text/words";
import { NoticeButton } from "../slip/notice-button";
import { CustomerLink } from "./customer-link";

export function IncidentRows({ rows }: { rows: IncidentRow[] }) {
	return (
		<table className="dense">
			<thead>
				<tr>
					<th>{t("age")}</th>
					<th>{t("stoppedAt")}</th>
					<th>{t("stopCause")}</th>
					<th>{t("name")}</th>
					<th>{t("stopWhat")}</th>
					<th>{t("contact")}</th>
					<th>{t("checkMark")}</th>
					<th>{t("revocationPaper")}</th>
					<th> </th>
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={row.incidentId} data-testid="list-row">
						<td className="number">{t("daysAge", { days: row.ageDays })}</td>
						<td className="number">{dateTime(row.reportedAt)}</td>
						<td>{causeWord(row.cause)}</td>
						<td>
							<CustomerLink row={row} main />
						</td>
						<td>
							<code>{row.userId || row.contract}</code> {!row.userId && <small>{t("stopContract")}</small>}
						</td>
						<td>{row.caller ? `${row.caller} ${row.callBack}` : row.phone || t("nothing")}</td>
						<td>{row.confirmed ? t("checkMarkDone") : <b>{row.overdue ? t("overdue") : t("checkMarkMissing")}</b>}</td>
						<td>
							{row.paper ? t("paperArrived") : <b>{t("paperOutstanding")}</b>}{" "}
							{row.reminded > 0 && <small>{t("reminders", { count: row.reminded })}</small>}
						</td>
						<td>
							<NoticeButton kind="suspension" id={row.incidentId} />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
