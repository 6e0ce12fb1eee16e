// 緊急停止 of a customer on screen: stop first, ask afterwards. F9, (the user ID by arrow key,) the cause by digit, Enter.
import type { CustomerView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { StopSteps } from "./stop-steps";

export function StopDialog({ customer, onClose }: { customer: CustomerView; onClose: () => void }) {
	const scopes = customer.contracts.flatMap((contract) => [
		{ contract: contract.number, user: null as string | null, label: t("stopContract") },
		...contract.users
			.filter((user) => user.certificate !== null)
			.map((user) => ({ contract: contract.number, user: user.userId as string | null, label: user.deviceLabel })),
	]);
	return (
		<StopSteps
			customer={customer.customerId}
			name={customer.details?.name ?? t("erased")}
			scopes={scopes}
			onClose={onClose}
		/>
	);
}
