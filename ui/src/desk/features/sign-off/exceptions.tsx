// What a supervisor looks at one by one: why it is an exception, when, what, whose, by whom.
import type { SignOffException } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { actingWord, exceptionWord } from "../../../shared/text/words";
import { formatRoute } from "../../route";
import { what } from "../log/words";

export function Exceptions({ exceptions }: { exceptions: SignOffException[] }) {
	if (exceptions.length === 0) return <p className="note note-good">{t("signOffNoExceptions")}</p>;
	return (
		<table className="dense exceptions" data-testid="day-exceptions">
			<caption>{t("signOffExceptions", { count: exceptions.length })}</caption>
			<tbody>
				{exceptions.map(({ kinds, line }) => (
					<tr key={line.index} data-testid="day-exception" data-kinds={kinds.join(" ")}>
						<td className="wrap">
							<b>{kinds.map(exceptionWord).join("・")}</b>
							<small className="under">{dateTime(line.at)}</small>
						</td>
						<td className="wrap">
							{what(line)}
							<small className="under">
								{line.customerId ? (
									<a href={formatRoute({ screen: "customer", id: line.customerId })}>{line.customerName}</a>
								) : (
									line.customerName
								)}{" "}
								{line.userId}
							</small>
						</td>
						<td className="wrap">
							{line.actorName || line.actorId}
							<small className="under">
								{line.actorRole && actingWord(line.actorRole, line.actorDeputy)} {line.terminalLabel}
							</small>
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
