// The part of the form that differs from kind to kind.
import type { ApplicationForm, CustomerView, RequestKind } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { DayField } from "../../../shared/ui/day-field";
import { fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { ChosenUsers } from "./chosen-users";
import { ContractField } from "./contract-field";
import { LeavingUsers } from "./leaving-users";
import { NewUsers } from "./new-users";
import { Outlook } from "./outlook";
import { RecontractFields } from "./recontract-fields";
import { ReissueCauseField } from "./reissue-cause";
import { RenameFields } from "./rename-fields";

type Props = {
	form: ApplicationForm;
	customer: CustomerView;
	error: unknown;
	onChange: (change: Partial<ApplicationForm>) => void;
};

/** A contract that has its closing day takes no more of these. */
const notWhileClosing: RequestKind[] = ["add_user", "close", "recontract"];
const endsNothing: RequestKind[] = ["move_to_certificate", "new_contract", "add_user"];

export function RequestFields(props: Props) {
	const { form, customer, error, onChange } = props;
	const active = customer.contracts.filter(
		(contract) => contract.active && !(contract.closingOn && notWhileClosing.includes(form.kind)),
	);
	return (
		<section className="card">
			{form.kind === "new_contract" ? (
				<Field
					label={t("contract")}
					value={form.contract}
					autoFocus
					inputMode="numeric"
					error={fieldError(error, "contract")}
					onText={(contract) => onChange({ contract })}
					data-testid="contract"
				/>
			) : form.kind === "recontract" ? (
				<RecontractFields form={form} contracts={active} error={error} onChange={onChange} />
			) : (
				<ContractField
					label={t("contract")}
					value={form.contract}
					contracts={active}
					error={fieldError(error, "contract")}
					testid="contract"
					onPick={(contract) => onChange({ contract, users: form.kind === "add_user" ? form.users : [] })}
				/>
			)}
			<OfKind {...props} />
			{!endsNothing.includes(form.kind) && <Outlook form={form} />}
		</section>
	);
}

function OfKind({ form, customer, error, onChange }: Props) {
	const found = customer.contracts.find((one) => one.number === form.contract);
	// An application that is corrected holds no user ID back from itself.
	const own = customer.applications.find((one) => one.applicationId === form.applicationId)?.receipt;
	const contract = found && {
		...found,
		users: found.users.map((user) => (user.openReceipt === own ? { ...user, openReceipt: null } : user)),
	};
	const users = {
		contract,
		users: form.users,
		error,
		onUsers: (users: ApplicationForm["users"]) => onChange({ users }),
	};
	switch (form.kind) {
		case "move_to_certificate":
			return <ChosenUsers {...users} purpose="move" />;
		case "reissue":
			return (
				<>
					<ReissueCauseField
						value={form.cause ?? null}
						error={fieldError(error, "cause")}
						onChange={(cause) => onChange({ cause })}
					/>
					<ChosenUsers {...users} purpose="reissue" />
				</>
			);
		case "rename":
			return (
				<>
					<RenameFields
						value={form.renamed ?? null}
						present={customer.details}
						error={error}
						onChange={(renamed) => onChange({ renamed })}
					/>
					<ChosenUsers {...users} purpose="rename" />
				</>
			);
		case "new_contract":
			return <NewUsers {...users} single={false} administered={false} />;
		case "add_user": {
			const administrator = contract?.users.some((user) => user.role === "administrator" && !user.removed);
			return <NewUsers {...users} single administered={administrator ?? true} />;
		}
		case "remove_users":
		case "force_stop":
			return <LeavingUsers {...users} force={form.kind === "force_stop"} />;
		case "close":
			return (
				<>
					<DayField
						label={t("closingOn")}
						value={form.closingOn ?? ""}
						error={fieldError(error, "closing_on")}
						data-testid="closing-on"
						onDay={(closingOn) => onChange({ closingOn })}
					/>
					<p className="quiet">{t("closingLead")}</p>
				</>
			);
		case "recontract":
			return null;
	}
}
