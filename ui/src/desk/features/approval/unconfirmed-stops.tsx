// Emergency stops that wait for a check mark (事後検印): before everything else that waits.
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { useDesk } from "../../query";
import { IncidentCard } from "../incident/incident-card";

export function UnconfirmedStops() {
	const incidents = useDesk("customers", ["incidents"], desk.openIncidents);
	const waiting = incidents.data?.filter((incident) => !incident.confirmedBy) ?? [];
	if (waiting.length === 0) return null;
	return (
		<section data-testid="unconfirmed-stops">
			<h2>{t("unconfirmedStops")}</h2>
			{waiting.map((incident) => (
				<IncidentCard key={incident.incidentId} incident={incident} withCustomer />
			))}
		</section>
	);
}
