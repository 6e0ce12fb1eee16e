// User IDs that leave the contract, or lose what they have.
import type { ContractView, RequestUser, UserView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { userRoleWord } from "../../../shared/text/words";
import { fieldError } from "../../../shared/ui/error-note";
import { CertificateBadge } from "../../../shared/ui/state-badge";

type Props = {
	contract: ContractView | undefined;
	users: RequestUser[];
	error: unknown;
	/** 強制停止: only what can be stopped, whatever else is going on. */
	force: boolean;
	onUsers: (users: RequestUser[]) => void;
};

export function LeavingUsers({ contract, users, error, force, onUsers }: Props) {
	const staying = (contract?.users ?? []).filter((user) => !user.removed);
	const possible = (user: UserView) => (force ? user.certificate !== null : user.openReceipt === null);
	const missing = fieldError(error, "users");
	return (
		<fieldset>
			<legend>{t(force ? "forceUsers" : "removeUsers")}</legend>
			<p className="quiet">{t(force ? "forceUsersLead" : "removeUsersLead")}</p>
			{force && contract && !staying.some(possible) && <p className="note note-warn">{t("forceNone")}</p>}
			{staying.map((user) => (
				<div key={user.userId} className="chosen-user leaving-user">
					<label>
						<input
							type="checkbox"
							checked={users.some((one) => one.userId === user.userId)}
							disabled={!possible(user)}
							aria-invalid={missing ? true : undefined}
							data-testid={`choose-${user.userId}`}
							onChange={(event) =>
								onUsers(
									event.target.checked
										? [...users, { userId: user.userId, role: user.role, deviceLabel: user.deviceLabel, newUserId: "" }]
										: users.filter((one) => one.userId !== user.userId),
								)
							}
						/>
						<code>{user.userId}</code> <span>{userRoleWord(user.role)}</span>
					</label>
					<span className="quiet">
						{user.deviceLabel} {user.certificate ? <CertificateBadge state={user.certificate} /> : t("certificateNone")}{" "}
						{!force && user.openReceipt && `${t("receipt")} ${user.openReceipt}`}
					</span>
				</div>
			))}
			{missing && <small className="field-error">{missing}</small>}
		</fieldset>
	);
}
