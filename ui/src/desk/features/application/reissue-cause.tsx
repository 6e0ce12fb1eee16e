// What happened, in the branch's words, and what that does to the old certificate.
import type { ReissueCause } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { reissueCauses, reissueCauseWord, reissueMeaning } from "../../../shared/text/words";
import { SelectField } from "../../../shared/ui/field";

type Props = {
	value: ReissueCause | null;
	error: string | undefined;
	onChange: (cause: ReissueCause | null) => void;
};

export const ReissueCauseField = ({ value, error, onChange }: Props) => (
	<SelectField
		label={t("reissueCause")}
		value={value}
		options={reissueCauses.map((one) => [one, reissueCauseWord(one)] as const)}
		none={t("reissueChoose")}
		error={error}
		hint={value ? reissueMeaning(value) : undefined}
		testid="reissue-cause"
		onPick={onChange}
	/>
);
