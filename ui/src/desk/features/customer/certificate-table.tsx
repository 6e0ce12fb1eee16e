// Certificates and rights, newest last.
import type { CertificateView } from "../../../generated/desk";
import { dateTime, dayOf, dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { reasonWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";
import { formatRoute } from "../../route";
import { CertificateNotice } from "../slip/certificate-notice";

export function CertificateTable({ rows, withContract }: { rows: CertificateView[]; withContract: boolean }) {
	return (
		<table data-testid="certificates">
			<thead>
				<tr>
					<th>{t("userId")}</th>
					<th>{t("devicePc")}</th>
					<th>{t("certificate")}</th>
					<th>{t("deadline")}</th>
					<th>{t("validUntil")}</th>
					<th>{t("serial")}</th>
					<th>{t("noticePaper")}</th>
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={row.certificateId} data-testid={`certificate-${row.userId}`}>
						<td>
							<code>{row.userId}</code>
							{withContract && <small className="under">{row.contract}</small>}
						</td>
						<td>{row.deviceLabel}</td>
						<td>
							<a
								href={formatRoute({ screen: "history", certificate: row.certificateId })}
								title={t("historyCertificate")}
								data-testid={`history-${row.userId}`}
							>
								<CertificateBadge state={row.state} />
							</a>
							{row.revokedAt && (
								<small className="under">
									{dayOf(row.revokedAt)} {row.reason && reasonWord(row.reason)}
								</small>
							)}
						</td>
						<td>
							{dayShort(row.deadline)}{" "}
							{row.state === "authorised" && (
								<small>{row.daysLeft >= 0 ? t("daysLeft", { days: row.daysLeft }) : t("daysOver")}</small>
							)}
						</td>
						<td>{row.notAfter ? <span title={dateTime(row.notAfter)}>{dayOf(row.notAfter)}</span> : "―"}</td>
						<td>
							<code className="serial">{row.serial ?? "―"}</code>
						</td>
						<CertificateNotice row={row} />
					</tr>
				))}
			</tbody>
		</table>
	);
}
