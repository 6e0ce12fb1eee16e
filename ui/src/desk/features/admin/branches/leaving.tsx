// Customers by name, with their numbers here and there.
import type { LeavingView } from "../../../../generated/desk";
import { t } from "../../../../shared/text/ja";

export function Leaving({ customers }: { customers: LeavingView[] }) {
	return (
		<table className="dense" data-testid="leaving">
			<thead>
				<tr>
					<th scope="col">{t("cif")}</th>
					<th scope="col">{t("name")}</th>
					<th scope="col">{t("moveNewCif")}</th>
				</tr>
			</thead>
			<tbody>
				{customers.map((one) => (
					<tr key={one.cif}>
						<td>{one.cif}</td>
						<td>{one.name}</td>
						<td>{one.newCif}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
