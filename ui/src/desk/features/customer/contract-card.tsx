// A contract with its user IDs, one line each.
import type { ContractView } from "../../../generated/desk";
import { dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { loginWord, userRoleWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";
import { contractStanding } from "./contract-standing";

const cardId = (number: string) => `contract-${number}`;

/** The contract before or after this one (再契約). Not a link: the hash of the address is the screen. */
function Other({ word, number }: { word: string; number: string }) {
	const show = () => {
		const card = document.getElementById(cardId(number));
		card?.closest("details")?.setAttribute("open", "");
		card?.scrollIntoView({ block: "start" });
		card?.focus({ preventScroll: true });
	};
	return (
		<button type="button" className="quiet-button" onClick={show} data-testid={`other-${number}`}>
			{word} <code>{number}</code>
		</button>
	);
}

export function ContractCard({ contract }: { contract: ContractView }) {
	return (
		<div
			className="card"
			id={cardId(contract.number)}
			tabIndex={-1}
			data-testid="contract"
			data-contract={contract.number}
		>
			<h3>
				{t("contract")} <code>{contract.number}</code>{" "}
				<small>
					{t("openedOn")} {dayShort(contract.openedOn)}
				</small>
				<small className={contract.active && contract.closingOn ? "closing" : undefined} data-testid="contract-state">
					{contractStanding(contract)}
				</small>
				{contract.predecessor && <Other word={t("oldContract")} number={contract.predecessor} />}
				{contract.successor && <Other word={t("newContract")} number={contract.successor} />}
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
						<tr key={user.userId} className={user.removed ? "gone" : undefined} data-testid={`user-${user.userId}`}>
							<td>
								<code>{user.userId}</code>
								{user.removed && <small className="gone-word">{t("removed")}</small>}
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
