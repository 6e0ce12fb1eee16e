// A supervisor at the teller's terminal: signs in for this one approval; the teller's work stays.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ApplicationView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { ErrorNote } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { go } from "../../route";
import { settled } from "../../settled";

export function OverLockDialog({ application, onClose }: { application: ApplicationView; onClose: () => void }) {
	const [staffId, setStaffId] = useState("");
	const [password, setPassword] = useState("");
	const approve = useMutation({
		mutationFn: () =>
			desk.approveOverLock(application.applicationId, application.customerVersion, staffId, password).then(settled),
		onSuccess: () => go({ screen: "application", id: application.applicationId }),
		onSettled: () => setPassword(""),
	});
	return (
		<Dialog title={t("overLock")} onClose={onClose} testid="over-lock-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					approve.mutate();
				}}
			>
				<p>{t("overLockLead")}</p>
				<Field label={t("staffId")} value={staffId} onText={setStaffId} autoFocus data-testid="over-lock-staff" />
				<Field
					label={t("password")}
					type="password"
					value={password}
					onText={setPassword}
					data-testid="over-lock-password"
				/>
				<ErrorNote cause={approve.error} />
				<DialogAnswer disabled={approve.isPending} testid="over-lock-approve" onClose={onClose}>
					{t("approve")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
