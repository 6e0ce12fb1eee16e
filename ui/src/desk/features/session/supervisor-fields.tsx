// Who signs in over somebody else's work, at an open screen or over the lock.
import { useState } from "react";
import { t } from "../../../shared/text/ja";
import { Field } from "../../../shared/ui/field";

/** What is typed into [`SupervisorFields`]. */
export function useSupervisor() {
	const [staffId, setStaffId] = useState("");
	const [password, setPassword] = useState("");
	return { staffId, setStaffId, password, setPassword };
}

export function SupervisorFields({ staffId, setStaffId, password, setPassword }: ReturnType<typeof useSupervisor>) {
	return (
		<>
			<Field label={t("staffId")} value={staffId} onText={setStaffId} autoFocus data-testid="over-lock-staff" />
			<Field
				label={t("password")}
				type="password"
				value={password}
				onText={setPassword}
				data-testid="over-lock-password"
			/>
		</>
	);
}
