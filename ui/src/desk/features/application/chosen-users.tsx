// The seed's main case: which user IDs of the contract move, each with the PC it will be used on.
import type { ContractView, RequestUser, UserView } from "../../../generated/desk";
import { asErrorView } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { loginWord, userRoleWord } from "../../../shared/text/words";
import { fieldError } from "../../../shared/ui/error-note";

type Props = {
	contract: ContractView | undefined;
	users: RequestUser[];
	error: unknown;
	/** For a reissue: those that log in with a certificate, rather than those that do not yet. */
	reissue?: boolean;
	onUsers: (users: RequestUser[]) => void;
};

export function ChosenUsers({ contract, users, error, reissue = false, onUsers }: Props) {
	const fits = (user: UserView) =>
		reissue
			? user.login === "certificate" && (user.certificate === null || user.certificate === "active")
			: user.login === "password" && user.certificate === null;
	const free = (contract?.users ?? []).filter((user) => fits(user) && !user.openReceipt);
	const wrong = error ? asErrorView(error).args : {};
	return (
		<fieldset>
			<legend>{t(reissue ? "chooseReissue" : "chooseUsers")}</legend>
			{contract && free.length === 0 && (
				<p className="note note-warn">{t(reissue ? "usersNoneToReissue" : "usersAllMoved")}</p>
			)}
			{contract?.users.map((user) => {
				const chosen = users.find((one) => one.userId === user.userId);
				const possible = free.includes(user);
				const labelError = wrong.user_id === user.userId ? fieldError(error, "device_label") : undefined;
				return (
					<div key={user.userId} className="chosen-user" data-invalid={labelError ? true : undefined}>
						<label>
							<input
								type="checkbox"
								checked={chosen !== undefined}
								disabled={!possible}
								data-testid={`choose-${user.userId}`}
								onChange={(event) =>
									onUsers(
										event.target.checked
											? [
													...users,
													{ userId: user.userId, role: user.role, deviceLabel: user.deviceLabel, newUserId: "" },
												]
											: users.filter((one) => one.userId !== user.userId),
									)
								}
							/>
							<code>{user.userId}</code> <span>{userRoleWord(user.role)}</span>
						</label>
						{possible ? (
							<input
								aria-label={`${user.userId} ${t("devicePc")}`}
								value={chosen?.deviceLabel ?? ""}
								disabled={!chosen}
								placeholder={t("deviceExample")}
								data-testid={`device-${user.userId}`}
								aria-invalid={labelError ? true : undefined}
								onChange={(event) =>
									onUsers(
										users.map((one) =>
											one.userId === user.userId ? { ...one, deviceLabel: event.target.value } : one,
										),
									)
								}
							/>
						) : (
							<span className="quiet">
								{user.openReceipt ? `${t("receipt")} ${user.openReceipt}` : loginWord(user.login)}
							</span>
						)}
						{labelError && <small className="field-error">{labelError}</small>}
					</div>
				);
			})}
			{fieldError(error, "users") && <small className="field-error">{fieldError(error, "users")}</small>}
		</fieldset>
	);
}
