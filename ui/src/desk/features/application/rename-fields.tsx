// 名義変更: what the customer is called and how it is reached from the approval on. Begins with what is known.
import type { CustomerDetailsView } from "../../../generated/desk";
import { type TextKey, t } from "../../../shared/text/ja";
import { fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";

export const detailLabels: Record<keyof CustomerDetailsView, TextKey> = {
	name: "name",
	kana: "kana",
	address: "address",
	phone: "phone",
	email: "email",
};
export const detailFields = Object.keys(detailLabels) as (keyof CustomerDetailsView)[];
const empty: CustomerDetailsView = { name: "", kana: "", address: "", phone: "", email: "" };

type Props = {
	value: CustomerDetailsView | null;
	/** What it is called now. */
	present: CustomerDetailsView | null | undefined;
	error: unknown;
	onChange: (value: CustomerDetailsView) => void;
};

export function RenameFields({ value, present, error, onChange }: Props) {
	const details = value ?? empty;
	return (
		<fieldset>
			<legend>{t("renameTo")}</legend>
			<div className="two">
				{detailFields.map((field) => (
					<Field
						key={field}
						label={t(detailLabels[field])}
						optional={field !== "name" && field !== "kana"}
						value={details[field]}
						error={fieldError(error, field)}
						{...(present && present[field] !== details[field]
							? { hint: `${t("renamePresent")}: ${present[field] || "―"}` }
							: {})}
						data-testid={`renamed-${field}`}
						onText={(text) => onChange({ ...details, [field]: text })}
					/>
				))}
			</div>
		</fieldset>
	);
}
