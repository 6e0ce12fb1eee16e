// The centre was put back from a backup: what is possible meanwhile, and what was lost for good.
import type { Status } from "../../generated/desk";
import { t } from "../../shared/text/ja";
import { formatRoute } from "../route";

export function Recovering({ status }: { status: Status }) {
	if (!status.recovering && status.lost === 0) return null;
	return (
		<section className="note note-warn" role="status" data-testid="recovering">
			{status.recovering && (
				<p>
					<strong>{t("recovering")}</strong> {t("recoveringLead")}
				</p>
			)}
			{status.lost > 0 && (
				<p>
					<strong>{t("lostRecords", { count: status.lost })}</strong>{" "}
					<a href={formatRoute({ screen: "sync" })}>{t("lostRecordsOpen")}</a>
				</p>
			)}
		</section>
	);
}
