// Which of the customer's contracts.
import type { ContractView } from "../../../generated/desk";
import { dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { SelectField } from "../../../shared/ui/field";

type Props = {
	label: string;
	value: string;
	contracts: ContractView[];
	error: string | undefined;
	testid: string;
	onPick: (number: string) => void;
};

const shown = (contract: ContractView) =>
	contract.closingOn
		? `${contract.number} ${t("closingAhead", { day: dayShort(contract.closingOn) })}`
		: contract.number;

export const ContractField = ({ label, value, contracts, error, testid, onPick }: Props) => (
	<SelectField
		label={label}
		autoFocus
		value={value}
		options={contracts.map((contract) => [contract.number, shown(contract)] as const)}
		error={error ?? (contracts.length === 0 ? t("contractsNone") : undefined)}
		testid={testid}
		onPick={(number) => number && onPick(number)}
	/>
);
