// The stop was taken down, and is not in force: the centre alone can stop. Said before anything else is asked.
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { useDesk } from "../../query";

export function StopQueued() {
	const contacts = useDesk("status", ["emergency-contacts"], desk.emergencyContacts);
	return (
		<div className="note note-error" role="alert" data-testid="stop-queued">
			<strong>{t("stopQueued")}</strong>
			<span>{t("stopQueuedLead")}</span>
			{contacts.data?.map((one) => (
				<span key={one.title}>
					{one.title} <b className="phone">{one.phone}</b> {one.hours}
				</span>
			))}
		</div>
	);
}
