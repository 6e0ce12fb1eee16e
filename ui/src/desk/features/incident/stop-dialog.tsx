// 緊急停止 of a customer on screen: stop first, ask afterwards. F9, (the user ID by arrow key,) the cause by digit, Enter.
import type { CustomerView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { scopesOf } from "./stop-scopes";
import { StopSteps } from "./stop-steps";

export function StopDialog({ customer, onClose }: { customer: CustomerView; onClose: () => void }) {
	const scopes = scopesOf(customer).map(({ device, ...scope }) => ({
		...scope,
		label: scope.user ? device : t("stopContract"),
	}));
	return (
		<StopSteps
			customer={customer.customerId}
			name={customer.details?.name ?? t("erased")}
			scopes={scopes}
			onClose={onClose}
		/>
	);
}
