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
	/** Those that do not log in with a certificate yet; or those that do, and get another. */
	purpose: "move" | "reissue" | "rename";
	onUsers: (users: RequestUser[]) => void;
};

/** None any more, one in use, or one that has expired. */
const replaceable: UserView["certificate"][] = [null, "active", "expired"];

const legends = { move: "chooseUsers", reissue: "chooseReissue", rename: "renameUsers" } as const;

export function ChosenUsers({ contract, users, error, purpose, onUsers }: Props) {
	const move = purpose === "move";
	const fits = (user: UserView) =>
		move
			? user.login !== "certificate" && user.certificate === null
			: user.login === "certificate" && replaceable.includes(user.certificate);
	const staying = (contract?.users ?? []).filter((user) => !user.removed);
	const free = staying.filter((user) => fits(user) && !user.openReceipt);
	const wrong = error ? asErrorView(error).args : {};
	return (
		<fieldset>
			<legend>{t(legends[purpose])}</legend>
			{purpose === "rename" && <p className="quiet">{t("renameUsersLead")}</p>}
			{contract && free.length === 0 && purpose !== "rename" && (
				<p className="note note-warn">{t(move ? "usersAllMoved" : "usersNoneToReissue")}</p>
			)}
			{staying.map((user) => {
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
