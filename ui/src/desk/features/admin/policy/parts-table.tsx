// Which settings a change changes: before and after.
import type { PolicyPartView, PolicySettingView } from "../../../../generated/desk";
import { t } from "../../../../shared/text/ja";
import { settingWord } from "../../../../shared/text/policy-words";
import { valueText } from "./value";

export function PartsTable({ parts, settings }: { parts: PolicyPartView[]; settings: PolicySettingView[] }) {
	const known = (key: string) => settings.find((one) => one.key === key);
	return (
		<table className="dense">
			<thead>
				<tr>
					<th scope="col">{t("policySetting")}</th>
					<th scope="col">{t("policyBefore")}</th>
					<th scope="col">{t("policyAfter")}</th>
				</tr>
			</thead>
			<tbody>
				{parts.map((part) => (
					<tr key={part.key}>
						<td>{settingWord(part.key)}</td>
						<td>{valueText(known(part.key), part.before)}</td>
						<td>
							<b>{valueText(known(part.key), part.after)}</b>
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
