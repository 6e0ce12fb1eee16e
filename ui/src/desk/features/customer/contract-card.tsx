// A contract with its user IDs, one line each.
import type { ContractView } from "../../../generated/desk";
import { dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { loginWord, userRoleWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";

export function ContractCard({ contract }: { contract: ContractView }) {
	return (
		<div className="card" data-testid="contract">
			<h3>
				{t("contract")} <code>{contract.number}</code>{" "}
				<small>
					{t("openedOn")} {dayShort(contract.openedOn)} {contract.active ? t("contractActive") : t("contractClosed")}
				</small>
			</h3>
			<table>
				<thead>
					<tr>
						<th>{t("userId")}</th>
						<th>{t("role")}</th>
						<th>{t("devicePc")}</th>
						<th>{t("login")}</th>
						<th>{t("certificate")}</th>
					</tr>
				</thead>
				<tbody>
					{contract.users.map((user) => (
						<tr key={user.userId} data-testid={`user-${user.userId}`}>
							<td>
								<code>{user.userId}</code>
							</td>
							<td>{userRoleWord(user.role)}</td>
							<td>{user.deviceLabel || "―"}</td>
							<td>{loginWord(user.login)}</td>
							<td>
								{user.certificate ? <CertificateBadge state={user.certificate} /> : "―"}{" "}
								{user.openReceipt && (
									<small>
										{t("receipt")} {user.openReceipt}
									</small>
								)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
