// The stop was taken down, and is not in force: the centre alone can stop. Said before anything else is asked.
import { t } from "../../../shared/text/ja";
import { EmergencyContacts } from "./emergency-contacts";

export function StopQueued() {
	return (
		<div className="note note-error" role="alert" data-testid="stop-queued">
			<strong>{t("stopQueued")}</strong>
			<span>{t("stopQueuedLead")}</span>
			<EmergencyContacts />
		</div>
	);
}
