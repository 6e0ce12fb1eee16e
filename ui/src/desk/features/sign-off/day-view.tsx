// What happened on a business day: how often what, the exceptions one by one, and the sign-off.
import type { SignOffView } from "../../../generated/desk";
import { dateTime, dayWithEra } from "../../../shared/dates";
import { DeskError, desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { eventWord } from "../../../shared/text/words";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";
import { StateBadge } from "./day-list";
import { Done } from "./done";
import { Exceptions } from "./exceptions";
import { SignForm } from "./sign-form";

export function DayView({ branch, day }: { branch: string; day: string }) {
	const read = useDesk("log", ["sign-off-day", branch, day], () => desk.signOffDay(branch, day));
	return (
		<section aria-label={dayWithEra(day)} data-testid="sign-off-day">
			<ErrorNote cause={read.error} />
			{read.data && <Day view={read.data} />}
		</section>
	);
}

function Day({ view }: { view: SignOffView }) {
	return (
		<>
			<div className="list-head">
				<h2>
					{dayWithEra(view.day)} <StateBadge state={view.state} />
				</h2>
				<a
					className="button"
					href={formatRoute({ screen: "ledger", branch: view.branch, day: view.day })}
					data-testid="ledger"
				>
					{t("ledger")}
				</a>
			</div>
			<p className="quiet">{t("signOffSpan", { from: dateTime(view.from), until: dateTime(view.until) })}</p>
			<div className="facts-body day-facts">
				<Counts view={view} />
				<Exceptions exceptions={view.exceptions} />
			</div>
			{view.done && <Done done={view.done} view={view} />}
			{view.state === "open" && <p className="note">{t("signOffNotYet", { until: dateTime(view.until) })}</p>}
			{view.state === "missing" &&
				(view.refusal ? (
					<ErrorNote cause={new DeskError(view.refusal)} />
				) : (
					<SignForm key={`${view.branch} ${view.day}`} view={view} />
				))}
		</>
	);
}

function Counts({ view }: { view: SignOffView }) {
	return (
		<table className="dense" data-testid="day-counts">
			<caption>{t("signOffEntries", { count: view.entries })}</caption>
			<tbody>
				{view.counts.map((one) => (
					<tr key={one.word}>
						<th scope="row">{eventWord(one.word)}</th>
						<td className="number">{one.count}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
