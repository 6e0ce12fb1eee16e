// The customer of a row: name and reading, and the way to the customer's page.
import { t } from "../../../shared/text/ja";
import { formatRoute } from "../../route";

type Props = { row: { customerId: string; customerName: string; customerKana: string }; main?: boolean };

/** `main`: it is what the arrow keys go to. */
export function CustomerLink({ row, main }: Props) {
	return (
		<a
			className="row-name"
			href={formatRoute({ screen: "customer", id: row.customerId })}
			data-row={main ? "" : undefined}
			data-testid="row-customer"
		>
			<b>{row.customerName || t("erased")}</b>
			<small>{row.customerKana}</small>
		</a>
	);
}
