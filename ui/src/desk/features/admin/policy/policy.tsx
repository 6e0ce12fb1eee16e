// The policy: every setting with its range and default, and how it is changed by two persons.
import { useState } from "react";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { settingWord } from "../../../../shared/text/policy-words";
import { ErrorNote } from "../../../../shared/ui/error-note";
import { useDesk } from "../../../query";
import { History } from "./history";
import { Propose } from "./propose";
import { rangeText, valueText } from "./value";
import { Waiting } from "./waiting";

export function Policy() {
	const read = useDesk("log", ["policy"], desk.policy);
	const [chosen, setChosen] = useState<string[]>([]);
	const policy = read.data;
	if (!policy) return <ErrorNote cause={read.error} />;
	const waiting = policy.changes.find((change) => change.state === "proposed");
	const choose = (key: string, on: boolean) =>
		setChosen((keys) => (on ? [...keys, key] : keys.filter((one) => one !== key)));
	return (
		<>
			{waiting && <Waiting change={waiting} policy={policy} />}
			{policy.mayPropose && chosen.length > 0 && (
				<Propose policy={policy} chosen={chosen} onClose={() => setChosen([])} />
			)}
			<section className="card" data-testid="policy">
				<h2>{t("policy")}</h2>
				<p className="quiet">{t(policy.mayPropose ? "policyLead" : "policyReadLead")}</p>
				{!policy.fromLog && <p className="quiet">{t("policyFromFile")}</p>}
				<table className="dense">
					<thead>
						<tr>
							<th scope="col">{t("policySetting")}</th>
							<th scope="col">{t("policyCurrent")}</th>
							<th scope="col">{t("policyDefault")}</th>
							<th scope="col">{t("policyMay")}</th>
							{policy.mayPropose && <th scope="col">{t("policyChoose")}</th>}
						</tr>
					</thead>
					<tbody>
						{policy.settings.map((one) => (
							<tr key={one.key} data-testid={`policy-row-${one.key}`}>
								<td>{settingWord(one.key)}</td>
								<td className="wrap">
									<b data-testid={`policy-current-${one.key}`}>{valueText(one, one.current)}</b>
								</td>
								<td className="wrap">{valueText(one, one.default)}</td>
								<td className="wrap">{rangeText(one)}</td>
								{policy.mayPropose && (
									<td>
										<input
											type="checkbox"
											aria-label={t("policyChooseOne", { name: settingWord(one.key) })}
											checked={chosen.includes(one.key)}
											onChange={(event) => choose(one.key, event.target.checked)}
											data-testid={`policy-choose-${one.key}`}
										/>
									</td>
								)}
							</tr>
						))}
					</tbody>
				</table>
			</section>
			<History policy={policy} />
		</>
	);
}
