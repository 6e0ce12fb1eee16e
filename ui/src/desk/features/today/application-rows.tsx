// Applications: the receipt number leads to the application, the name to the customer.
import type { ApplicationRow } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { kindWord } from "../../../shared/text/words";
import { ApplicationBadge } from "../../../shared/ui/state-badge";
import { formatRoute } from "../../route";
import { CustomerLink } from "./customer-link";

export function ApplicationRows({ rows }: { rows: ApplicationRow[] }) {
	return (
		<table className="dense">
			<thead>
				<tr>
					<th>{t("receipt")}</th>
					<th>{t("chooseKind")}</th>
					<th>{t("name")}</th>
					<th>{t("userId")}</th>
					<th>{t("receivedAt")}</th>
					<th>{t("comment")}</th>
					<th> </th>
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={row.applicationId} data-testid="list-row">
						<td>
							<a
								href={formatRoute({ screen: "application", id: row.applicationId })}
								data-row=""
								data-testid={`open-${row.receipt}`}
							>
								<code>{row.receipt}</code>
							</a>
						</td>
						<td>{kindWord(row.kind)}</td>
						<td>
							<CustomerLink row={row} />
						</td>
						<td>{row.users}</td>
						<td className="number">{dateTime(row.submittedAt)}</td>
						<td>{row.comment}</td>
						<td>
							<ApplicationBadge state={row.state} />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
