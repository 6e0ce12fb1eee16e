// A supervisor at the teller's terminal: signs in for this one approval; the teller's work stays.
import { useMutation } from "@tanstack/react-query";
import type { ApplicationView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { ErrorNote } from "../../../shared/ui/error-note";
import { go } from "../../route";
import { settled } from "../../settled";
import { CredentialFields, OVER_LOCK, useCredentials } from "../session/credential-fields";

export function OverLockDialog({ application, onClose }: { application: ApplicationView; onClose: () => void }) {
	const supervisor = useCredentials();
	const { staffId, password } = supervisor;
	const approve = useMutation({
		mutationFn: () =>
			desk.approveOverLock(application.applicationId, application.customerVersion, staffId, password).then(settled),
		onSuccess: () => go({ screen: "application", id: application.applicationId }),
		onSettled: () => supervisor.setPassword(""),
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
				<CredentialFields {...supervisor} testids={OVER_LOCK} />
				<ErrorNote cause={approve.error} />
				<DialogAnswer disabled={approve.isPending} testid="over-lock-approve" onClose={onClose}>
					{t("approve")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
