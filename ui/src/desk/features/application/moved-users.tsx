// 再契約: which user IDs of the old contract go on, with role and PC, and what they are called in the new one.
import type { ContractView, RequestUser, UserRole } from "../../../generated/desk";
import { asErrorView } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { userRoles, userRoleWord } from "../../../shared/text/words";
import { errorTitle, fieldError } from "../../../shared/ui/error-note";
import { readUserId } from "./user-id";

type Props = {
	contract: ContractView | undefined;
	users: RequestUser[];
	renumbered: boolean;
	error: unknown;
	onUsers: (users: RequestUser[]) => void;
};

/** Everybody of a contract, as they are now. */
export const everybody = (contract: ContractView | undefined): RequestUser[] =>
	(contract?.users ?? [])
		.filter((user) => !user.removed)
		.map(({ userId, role, deviceLabel }) => ({ userId, role, deviceLabel, newUserId: "" }));

export function MovedUsers({ contract, users, renumbered, error, onUsers }: Props) {
	const wrong = error ? asErrorView(error) : undefined;
	const ofDevice = wrong?.args.field === "device_label";
	const change = (userId: string, part: Partial<RequestUser>) =>
		onUsers(users.map((user) => (user.userId === userId ? { ...user, ...part } : user)));
	// The centre names the row, the user ID of the old contract, or that of the new one.
	const note = (user: RequestUser | undefined) => {
		if (!wrong || !user) return undefined;
		const named = wrong.args.user_id;
		const own = Boolean(named) && [user.userId, user.newUserId ?? ""].some((one) => readUserId(one) === named);
		if (!own && wrong.args.row !== String(users.indexOf(user))) return undefined;
		return ofDevice ? `${t("devicePc")}: ${errorTitle(wrong)}` : errorTitle(wrong);
	};
	const unnamed = wrong?.args.user_id === undefined ? fieldError(error, "users") : undefined;
	return (
		<fieldset>
			<legend>{t("movedUsers")}</legend>
			<p className="quiet">
				{t(renumbered ? "userIdsRenumbered" : "userIdsKept")} {t("movedUsersLead")}
			</p>
			{everybody(contract).map((old) => {
				const user = users.find((one) => one.userId === old.userId);
				const problem = note(user);
				return (
					<div key={old.userId} className="moved-user">
						<label>
							<input
								type="checkbox"
								checked={user !== undefined}
								data-testid={`choose-${old.userId}`}
								onChange={(event) =>
									onUsers(event.target.checked ? [...users, old] : users.filter((one) => one.userId !== old.userId))
								}
							/>
							<code>{old.userId}</code>
						</label>
						<select
							aria-label={`${old.userId} ${t("role")}`}
							value={user?.role ?? old.role ?? "operator"}
							disabled={!user}
							data-testid={`role-${old.userId}`}
							onChange={(event) => change(old.userId, { role: event.target.value as UserRole })}
						>
							{userRoles.map((role) => (
								<option key={role} value={role}>
									{userRoleWord(role)}
								</option>
							))}
						</select>
						<input
							aria-label={`${old.userId} ${t("devicePc")}`}
							placeholder={t("deviceExample")}
							value={user?.deviceLabel ?? ""}
							disabled={!user}
							aria-invalid={problem && ofDevice ? true : undefined}
							data-testid={`device-${old.userId}`}
							onChange={(event) => change(old.userId, { deviceLabel: event.target.value })}
						/>
						{renumbered && (
							<input
								aria-label={`${old.userId} ${t("newUserId")}`}
								placeholder={t("newUserId")}
								value={user?.newUserId ?? ""}
								disabled={!user}
								autoComplete="off"
								aria-invalid={problem && !ofDevice ? true : undefined}
								data-testid={`new-id-${old.userId}`}
								onChange={(event) => change(old.userId, { newUserId: event.target.value })}
							/>
						)}
						{problem && <small className="field-error">{problem}</small>}
					</div>
				);
			})}
			{unnamed && <small className="field-error">{unnamed}</small>}
		</fieldset>
	);
}
