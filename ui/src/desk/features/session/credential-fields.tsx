// Who signs in: at the sign-in, and a supervisor over somebody else's work.
import { useState } from "react";
import { t } from "../../../shared/text/ja";
import { Field } from "../../../shared/ui/field";

/** What is typed into [`CredentialFields`]. */
export function useCredentials() {
	const [staffId, setStaffId] = useState("");
	const [password, setPassword] = useState("");
	return { staffId, setStaffId, password, setPassword };
}

type Props = ReturnType<typeof useCredentials> & { testids: { staff: string; password: string }; required?: boolean };

/** What a supervisor types over somebody else's work. */
export const OVER_LOCK = { staff: "over-lock-staff", password: "over-lock-password" };

export function CredentialFields({ staffId, setStaffId, password, setPassword, testids, required }: Props) {
	return (
		<>
			<Field
				label={t("staffId")}
				value={staffId}
				onText={setStaffId}
				autoFocus
				data-testid={testids.staff}
				required={required}
			/>
			<Field
				label={t("password")}
				type="password"
				value={password}
				onText={setPassword}
				data-testid={testids.password}
				required={required}
			/>
		</>
	);
}
