// What an approval would end: whose, when, and with which reason. A reason can't be mended afterwards.
import type { EndView } from "../../../generated/desk";
import { dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { reasonWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";

const when = ({ atConfirmation, on }: EndView): string => {
	if (on) return t(atConfirmation ? "endsAtConfirmationOr" : "endsOn", { day: dayShort(on) });
	return t(atConfirmation ? "endsAtConfirmation" : "endsAtOnce");
};

export function EndsTable({ rows }: { rows: EndView[] }) {
	return (
		<section className="ends" data-testid="ends">
			<h3>{t("ends")}</h3>
			{rows.length === 0 ? (
				<p className="quiet">{t("endsNone")}</p>
			) : (
				<table className="dense">
					<thead>
						<tr>
							<th>{t("userId")}</th>
							<th>{t("devicePc")}</th>
							<th>{t("certificate")}</th>
							<th>{t("endsWhen")}</th>
							<th>{t("endsWhy")}</th>
						</tr>
					</thead>
					<tbody>
						{rows.map((row) => (
							<tr key={row.certificateId} data-testid={`ends-${row.userId}`} data-reason={row.reason ?? ""}>
								<td>
									<code>{row.userId}</code>
								</td>
								<td>{row.deviceLabel || t("nothing")}</td>
								<td>
									<CertificateBadge state={row.state} />
								</td>
								<td>{when(row)}</td>
								<td className="wrap">{row.reason ? reasonWord(row.reason) : t("endsUnused")}</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
		</section>
	);
}
