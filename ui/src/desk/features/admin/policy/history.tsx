// Every change there was: who proposed it, who confirmed or withdrew it, from when on.
import type { PolicyView } from "../../../../generated/desk";
import { dateTime, dayShort } from "../../../../shared/dates";
import { t } from "../../../../shared/text/ja";
import { changeWord, settingWord } from "../../../../shared/text/policy-words";
import { Empty } from "../../../../shared/ui/empty";
import { valueText } from "./value";

export function History({ policy }: { policy: PolicyView }) {
	const known = (key: string) => policy.settings.find((one) => one.key === key);
	return (
		<section className="card" data-testid="policy-history">
			<h2>{t("policyHistory")}</h2>
			{policy.changes.length === 0 ? (
				<Empty title={t("policyHistoryNone")} />
			) : (
				<table className="dense">
					<thead>
						<tr>
							<th scope="col">{t("policyEffectiveOn")}</th>
							<th scope="col">{t("policyChange")}</th>
							<th scope="col">{t("policyProposer")}</th>
							<th scope="col">{t("policyDecider")}</th>
							<th scope="col">{t("policyState")}</th>
						</tr>
					</thead>
					<tbody>
						{policy.changes.map((change) => (
							<tr key={change.changeId}>
								<td>{dayShort(change.effectiveOn)}</td>
								<td className="wrap">
									{change.parts.map((part) => (
										<div key={part.key}>
											{settingWord(part.key)} {valueText(known(part.key), part.before)} →{" "}
											<b>{valueText(known(part.key), part.after)}</b>
										</div>
									))}
								</td>
								<td>
									{change.proposedBy}
									<br />
									<small>{dateTime(change.proposedAt)}</small>
								</td>
								<td>
									{change.decidedBy}
									<br />
									<small>{change.decidedAt && dateTime(change.decidedAt)}</small>
								</td>
								<td data-testid={`policy-state-${change.state}`}>
									{change.inForce ? t("policyInForce") : changeWord(change.state)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
		</section>
	);
}
