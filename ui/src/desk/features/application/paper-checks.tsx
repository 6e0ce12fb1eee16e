// What was checked on the paper, who came, and when.
import type { ApplicationForm, IdentityDocument } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { identityWord } from "../../../shared/text/words";
import { DayField } from "../../../shared/ui/day-field";
import { fieldError } from "../../../shared/ui/error-note";
import { CheckField, Field, SelectField } from "../../../shared/ui/field";
import { paperNeeds } from "./paper-needs";

const documents: IdentityDocument[] = [
	"drivers_licence",
	"my_number_card",
	"passport",
	"residence_card",
	"company_register",
	"known_customer",
];

type Props = { form: ApplicationForm; error: unknown; onChange: (change: Partial<ApplicationForm>) => void };

export function PaperChecks({ form, error, onChange }: Props) {
	const checks = form.checks;
	const needs = paperNeeds(form.kind, form.users.length);
	const set = (change: Partial<ApplicationForm["checks"]>) => onChange({ checks: { ...checks, ...change } });
	return (
		<section className="card">
			{needs.signed && (
				<fieldset>
					<legend>{t("checks")}</legend>
					<CheckField
						label={t("checkSeal")}
						checked={checks.seal}
						testid="check-seal"
						error={fieldError(error, "seal")}
						onCheck={(seal) => set({ seal })}
					/>
					<SelectField
						label={t("checkIdentity")}
						value={checks.identity ?? null}
						options={documents.map((one) => [one, identityWord(one)] as const)}
						none={t("identityChoose")}
						error={fieldError(error, "identity")}
						testid="check-identity"
						onPick={(identity) => set({ identity })}
					/>
					{needs.fetched && (
						<>
							<CheckField
								label={t("checkEnvironment")}
								checked={checks.environment}
								testid="check-environment"
								error={fieldError(error, "environment")}
								onCheck={(environment) => set({ environment })}
							/>
							<CheckField
								label={t("checkTerms")}
								checked={checks.terms}
								testid="check-terms"
								error={fieldError(error, "terms")}
								onCheck={(terms) => set({ terms })}
							/>
						</>
					)}
				</fieldset>
			)}
			<div className="two">
				<DayField
					label={t("receivedOn")}
					value={form.receivedOn}
					error={fieldError(error, "received_on")}
					data-testid="received-on"
					onDay={(receivedOn) => onChange({ receivedOn })}
				/>
				<Field
					label={t(needs.signed ? "applicant" : "forceBy")}
					value={form.applicant}
					error={fieldError(error, "applicant")}
					data-testid="applicant"
					onText={(applicant) => onChange({ applicant })}
				/>
			</div>
			<Field
				label={t(needs.signed ? "note" : "forceReason")}
				optional
				value={form.note}
				error={fieldError(error, "note")}
				data-testid="note"
				onText={(note) => onChange({ note })}
			/>
		</section>
	);
}
