// The slips of an application's rights: print, hand over, wait for the customer.
import type { ApplicationView } from "../../../generated/desk";
import { dateTime, dayShort, dayWithEra } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { handoverWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";
import { formatRoute } from "../../route";

export function Slips({ application }: { application: ApplicationView }) {
	return (
		<section>
			<h2>{t("slip")}</h2>
			<table data-testid="slips">
				<thead>
					<tr>
						<th>{t("userId")}</th>
						<th>{t("devicePc")}</th>
						<th>{t("certificate")}</th>
						<th>{t("deadline")}</th>
						<th>{t("slips")}</th>
						<th>{t("handover")}</th>
						<th> </th>
					</tr>
				</thead>
				<tbody>
					{application.certificates.map((right) => (
						<tr key={right.certificateId} data-testid={`slip-${right.userId}`}>
							<td>
								<code>{right.userId}</code>
							</td>
							<td>{right.deviceLabel}</td>
							<td>
								<CertificateBadge state={right.state} />
								{right.activatedAt && <small> {dateTime(right.activatedAt)}</small>}
							</td>
							<td>
								{dayWithEra(right.deadline)}{" "}
								{right.state === "authorised" && (
									<small>{right.daysLeft >= 0 ? t("daysLeft", { days: right.daysLeft }) : t("daysOver")}</small>
								)}
							</td>
							<td>{t("slipsCount", { count: right.slips })}</td>
							<td>
								{right.handover
									? `${handoverWord(right.handover.method)} ${right.handover.recipient ?? t("erased")} ${dayShort(right.handover.handedOn)}`
									: t("handoverNone")}
							</td>
							<td>
								{!right.renews && (right.state === "authorised" || right.slips > 0) && (
									<a
										className={right.slips === 0 ? "button primary" : "button"}
										href={formatRoute({
											screen: "slip",
											id: right.certificateId,
											application: application.applicationId,
										})}
										data-testid={`open-slip-${right.userId}`}
									>
										{right.slips === 0 ? t("nextPrint") : right.handover ? t("slip") : t("nextHandover")}
									</a>
								)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
