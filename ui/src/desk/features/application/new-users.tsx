// User IDs that do not exist yet: of a new contract, or one more for one more PC.
import type { RequestUser, UserRole } from "../../../generated/desk";
import { asErrorView } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { userRoles, userRoleWord } from "../../../shared/text/words";
import { fieldError } from "../../../shared/ui/error-note";
import { readUserId } from "./user-id";

type Props = {
	single: boolean;
	/** The contract has its administrator: there is one. */
	administered: boolean;
	users: RequestUser[];
	error: unknown;
	onUsers: (users: RequestUser[]) => void;
};

export function NewUsers({ single, administered, users, error, onUsers }: Props) {
	const wrong = error ? asErrorView(error) : undefined;
	const change = (index: number, part: Partial<RequestUser>) =>
		onUsers(users.map((user, at) => (at === index ? { ...user, ...part } : user)));
	return (
		<fieldset>
			<legend>{t("newUsers")}</legend>
			{users.map((user, index) => {
				const own = Boolean(wrong?.args.user_id) && wrong?.args.user_id === readUserId(user.userId);
				const note =
					own || (wrong?.args.field === "user_id" && wrong.args.row === String(index))
						? (fieldError(error, "device_label") ?? fieldError(error, "users") ?? fieldError(error, "user_id"))
						: undefined;
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity before their user ID is typed
					<div key={index} className="new-user" data-invalid={note ? true : undefined}>
						<input
							aria-label={`${t("userId")} ${index + 1}`}
							placeholder={t("userId")}
							value={user.userId}
							data-testid={`new-user-${index}`}
							autoComplete="off"
							onChange={(event) => change(index, { userId: event.target.value })}
						/>
						<select
							aria-label={`${t("role")} ${index + 1}`}
							value={user.role ?? "operator"}
							data-testid={`new-role-${index}`}
							onChange={(event) => change(index, { role: event.target.value as UserRole })}
						>
							{userRoles
								.filter((role) => !administered || role !== "administrator")
								.map((role) => (
									<option key={role} value={role}>
										{userRoleWord(role)}
									</option>
								))}
						</select>
						<input
							aria-label={`${t("devicePc")} ${index + 1}`}
							placeholder={t("deviceExample")}
							value={user.deviceLabel}
							data-testid={`new-device-${index}`}
							onChange={(event) => change(index, { deviceLabel: event.target.value })}
						/>
						{!single && users.length > 1 && (
							<button
								type="button"
								className="quiet-button"
								onClick={() => onUsers(users.filter((_, at) => at !== index))}
							>
								{t("removeRow")}
							</button>
						)}
						{note && <small className="field-error">{note}</small>}
					</div>
				);
			})}
			{!single && (
				<button
					type="button"
					data-testid="add-row"
					onClick={() => onUsers([...users, { userId: "", role: "operator", deviceLabel: "", newUserId: "" }])}
				>
					{t("addRow")}
				</button>
			)}
			{wrong?.args.user_id === undefined && fieldError(error, "users") && (
				<small className="field-error">{fieldError(error, "users")}</small>
			)}
			{single && fieldError(error, "role") && <small className="field-error">{fieldError(error, "role")}</small>}
		</fieldset>
	);
}
