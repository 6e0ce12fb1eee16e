// Without the centre nothing is stopped: says so, and whom to call instead.
import { asErrorView, desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";

export function StopError({ cause }: { cause: unknown }) {
	const offline = cause !== null && cause !== undefined && asErrorView(cause).code === "offline";
	const contacts = useDesk("status", ["emergency-contacts"], desk.emergencyContacts, offline);
	return (
		<>
			<ErrorNote cause={cause} />
			{offline && (
				<div className="note note-warn" data-testid="emergency">
					<strong>{t("notStopped")}</strong>
					<span>{t("notStoppedNext")}</span>
					{contacts.data?.map((one) => (
						<span key={one.title}>
							{one.title} <b className="phone">{one.phone}</b> {one.hours}
						</span>
					))}
				</div>
			)}
		</>
	);
}
