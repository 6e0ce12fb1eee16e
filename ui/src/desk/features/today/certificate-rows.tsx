// Rights that wait for a slip or for the customer, and certificates that end soon: whom to call, and until when.
import type { CertificateRow, TodayList } from "../../../generated/desk";
import { dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { userRoleWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";
import { formatRoute } from "../../route";
import { CustomerLink } from "./customer-link";

function left(row: CertificateRow): string {
	if (row.daysLeft === 0) return t("endsToday");
	return row.daysLeft > 0 ? t("daysLeft", { days: row.daysLeft }) : t("daysPast", { days: -row.daysLeft });
}

export function CertificateRows({ list, rows }: { list: TodayList; rows: CertificateRow[] }) {
	const ending = list === "ending";
	const slip = list === "to_print" || list === "to_hand_over";
	return (
		<table className="dense">
			<thead>
				<tr>
					<th>{t("left")}</th>
					<th>{ending ? t("validUntil") : t("deadline")}</th>
					<th>{t("name")}</th>
					<th>{t("phone")}</th>
					<th>{t("userId")}</th>
					<th>{t("role")}</th>
					<th>{t("devicePc")}</th>
					<th>{ending ? t("certificate") : ""}</th>
					{ending && <th>{t("nextCertificate")}</th>}
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={row.certificateId} data-testid="list-row">
						<td className={row.daysLeft < 8 ? "number late" : "number"}>{left(row)}</td>
						<td className="number">{dayShort(row.day)}</td>
						<td>
							<CustomerLink row={row} main />
						</td>
						<td className="number">{row.phone || t("nothing")}</td>
						<td>
							<code>{row.userId}</code>
						</td>
						<td>{row.role ? userRoleWord(row.role) : t("nothing")}</td>
						<td>{row.deviceLabel}</td>
						<td>
							{ending && <CertificateBadge state={row.state} />}
							{slip && (
								<a
									href={formatRoute({ screen: "slip", id: row.certificateId, application: row.applicationId })}
									data-testid="row-slip"
								>
									{list === "to_print" ? t("nextPrint") : t("nextHandover")}
								</a>
							)}
							{!ending && row.renews && t("renewing")}
						</td>
						{ending && <td>{row.successor ? <CertificateBadge state={row.successor} /> : t("nothing")}</td>}
					</tr>
				))}
			</tbody>
		</table>
	);
}
