// Applications in lines; Enter or click opens one.
import type { ApplicationView } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { type TextKey, t } from "../../../shared/text/ja";
import { kindWord } from "../../../shared/text/words";
import { ApplicationBadge } from "../../../shared/ui/state-badge";
import { formatRoute } from "../../route";

const steps: Record<string, TextKey> = { print: "nextPrint", handover: "nextHandover", fetch: "nextFetch" };

const SHOWN = 3;
/** A contract may have a hundred user IDs; a line has room for some. */
const shortList = (ids: string[]) =>
	ids.length <= SHOWN + 1
		? ids.join("、")
		: `${ids.slice(0, SHOWN).join("、")} ${t("moreUsers", { count: ids.length - SHOWN })}`;

export function ApplicationTable({
	rows,
	withoutCustomer,
	nextStep,
}: {
	rows: ApplicationView[];
	withoutCustomer?: boolean;
	nextStep?: boolean;
}) {
	return (
		<table data-testid="applications">
			<thead>
				<tr>
					<th>{t("receipt")}</th>
					{!withoutCustomer && <th>{t("name")}</th>}
					<th>{t("chooseKind")}</th>
					<th>{t("userId")}</th>
					<th>{t("receivedAt")}</th>
					<th> </th>
					{nextStep && <th> </th>}
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={row.applicationId} data-testid="application-row">
						<td>
							<a
								href={formatRoute({ screen: "application", id: row.applicationId })}
								data-testid={`open-${row.receipt}`}
							>
								<code>{row.receipt}</code>
							</a>
						</td>
						{!withoutCustomer && <td>{row.customerName}</td>}
						<td>{kindWord(row.kind)}</td>
						<td>{shortList(row.users.map((user) => user.userId))}</td>
						<td>{dateTime(row.submittedAt)}</td>
						<td>
							<ApplicationBadge state={row.state} />
						</td>
						{nextStep && <td>{steps[row.nextStep] ? t(steps[row.nextStep] as TextKey) : ""}</td>}
					</tr>
				))}
			</tbody>
		</table>
	);
}
