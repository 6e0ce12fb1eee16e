// What a change will do to what is there, counted at the centre.
import type { PolicyOutlookLine } from "../../../../generated/desk";
import { fill } from "../../../../shared/text/fill";
import { t } from "../../../../shared/text/ja";
import { effectWord, settingWord } from "../../../../shared/text/policy-words";

export function Outlook({ lines }: { lines: PolicyOutlookLine[] }) {
	return (
		<div data-testid="policy-outlook">
			<h3>{t("policyOutlook")}</h3>
			<ul>
				{lines.map((line) => (
					<li key={`${line.key}-${line.effect}`} data-testid={`policy-effect-${line.effect}`}>
						<b>{settingWord(line.key)}</b> {fill(effectWord(line.effect), { count: line.count ?? "" })}
					</li>
				))}
			</ul>
		</div>
	);
}
