// 再契約 on one screen: the old contract, its days, the new one, and who goes on.
import type { ApplicationForm, ContractView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { DayField } from "../../../shared/ui/day-field";
import { fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { ContractField } from "./contract-field";
import { everybody, MovedUsers } from "./moved-users";
import { WithoutAccess } from "./without-access";

type Props = {
	form: ApplicationForm;
	contracts: ContractView[];
	error: unknown;
	onChange: (change: Partial<ApplicationForm>) => void;
};

export function RecontractFields({ form, contracts, error, onChange }: Props) {
	// Drafts of older versions have none of these.
	const { oldContract = "", closingOn = "", openedOn = "", renumbered = false } = form;
	const contract = (number: string) => contracts.find((one) => one.number === number);
	return (
		<>
			<div className="two">
				<ContractField
					label={t("oldContract")}
					value={oldContract}
					contracts={contracts}
					error={fieldError(error, "old")}
					testid="old-contract"
					onPick={(number) => onChange({ oldContract: number, users: everybody(contract(number)) })}
				/>
				<DayField
					label={`${t("oldContract")} ${t("closingOn")}`}
					value={closingOn}
					error={fieldError(error, "closing_on")}
					data-testid="closing-on"
					onDay={(day) => onChange({ closingOn: day })}
				/>
				<Field
					label={t("newContractNumber")}
					value={form.contract}
					inputMode="numeric"
					error={fieldError(error, "contract")}
					data-testid="contract"
					onText={(number) => onChange({ contract: number })}
				/>
				<DayField
					label={t("openedOnNew")}
					value={openedOn}
					error={fieldError(error, "opened_on")}
					data-testid="opened-on"
					onDay={(day) => onChange({ openedOn: day })}
				/>
			</div>
			<WithoutAccess closingOn={closingOn} openedOn={openedOn} renumbered={renumbered} />
			<MovedUsers
				contract={contract(oldContract)}
				users={form.users}
				renumbered={renumbered}
				error={error}
				onUsers={(users) => onChange({ users })}
			/>
		</>
	);
}
