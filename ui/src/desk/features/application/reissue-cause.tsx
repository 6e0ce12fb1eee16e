// What happened, in the branch's words, and what that does to the old certificate.
import type { ReissueCause } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { reissueCauses, reissueCauseWord, reissueMeaning } from "../../../shared/text/words";

type Props = {
	value: ReissueCause | null;
	error: string | undefined;
	onChange: (cause: ReissueCause | null) => void;
};

export function ReissueCauseField({ value, error, onChange }: Props) {
	return (
		<div className="field" data-invalid={error ? true : undefined}>
			<label htmlFor="cause">{t("reissueCause")}</label>
			<select
				id="cause"
				value={value ?? ""}
				aria-invalid={error ? true : undefined}
				aria-describedby="cause-note"
				data-testid="reissue-cause"
				onChange={(event) => onChange(reissueCauses.find((one) => one === event.target.value) ?? null)}
			>
				<option value="">{t("reissueChoose")}</option>
				{reissueCauses.map((one) => (
					<option key={one} value={one}>
						{reissueCauseWord(one)}
					</option>
				))}
			</select>
			<small id="cause-note" className={error ? "field-error" : "field-hint"}>
				{error ?? (value && reissueMeaning(value))}
			</small>
		</div>
	);
}
