// Reports that are not settled, first on 今日の仕事: those whose check mark is overdue, those without one, then the oldest.
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { useDesk } from "../../query";
import { IncidentCard } from "./incident-card";

export function OpenIncidents() {
	const incidents = useDesk("customers", ["incidents"], desk.openIncidents);
	if (!incidents.data || incidents.data.length === 0) return null;
	const overdue = incidents.data.filter((incident) => incident.overdue).length;
	return (
		<section data-testid="open-incidents">
			<h2>{t("incidents")}</h2>
			{overdue > 0 && (
				<p className="note note-error" role="status" data-testid="incidents-overdue">
					{t("incidentsOverdue", { count: overdue })}
				</p>
			)}
			{incidents.data.map((incident) => (
				<IncidentCard key={incident.incidentId} incident={incident} withCustomer />
			))}
		</section>
	);
}
