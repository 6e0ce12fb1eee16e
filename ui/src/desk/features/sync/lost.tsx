// 失われた記録: what did not come back after the centre was restored. It is no longer in force; the branch does it again.
import type { LogLine } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { eventWord } from "../../../shared/text/words";

export function Lost({ lines }: { lines: LogLine[] }) {
	if (lines.length === 0) return null;
	return (
		<section data-testid="lost">
			<h2>{t("lostRecords", { count: lines.length })}</h2>
			<p className="note note-warn">{t("lostRecordsLead")}</p>
			<table className="dense">
				<thead>
					<tr>
						<th>{t("logAt")}</th>
						<th>{t("logWhat")}</th>
						<th>{t("logWhom")}</th>
						<th>{t("logWho")}</th>
					</tr>
				</thead>
				<tbody>
					{lines.map((line) => (
						<tr key={line.entryId}>
							<td className="number">{dateTime(line.at)}</td>
							<td>{line.events.map(eventWord).join("、")}</td>
							<td>
								{line.customerName} {line.userId || line.receipt}
							</td>
							<td>
								{line.actorName} {line.actorId}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
