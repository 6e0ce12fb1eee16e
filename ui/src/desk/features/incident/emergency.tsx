// Without the centre nothing is stopped: says so, and whom to call instead.
import { asErrorView } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { EmergencyContacts } from "./emergency-contacts";

export function StopError({ cause }: { cause: unknown }) {
	const offline = cause !== null && cause !== undefined && asErrorView(cause).code === "offline";
	return (
		<>
			<ErrorNote cause={cause} />
			{offline && (
				<div className="note note-warn" data-testid="emergency">
					<strong>{t("notStopped")}</strong>
					<span>{t("notStoppedNext")}</span>
					<EmergencyContacts />
				</div>
			)}
		</>
	);
}
