// One entry of the issuance log.
import type { LogLine } from "../../../generated/desk";
import { dateTime, dayShort } from "../../../shared/dates";
import { type TextKey, t } from "../../../shared/text/ja";
import { changeWord, isChange } from "../../../shared/text/staff-words";
import { actingWord, eventWord, roles, roleWord } from "../../../shared/text/words";
import { MadeAt } from "../../../shared/ui/made-at";
import { formatRoute } from "../../route";

const actors: Record<string, TextKey> = {
	customer: "actorCustomer",
	system: "actorSystem",
	operator: "actorOperator",
	terminal: "actorTerminal",
};

export function LogRow({ line }: { line: LogLine }) {
	const actor = actors[line.actorKind];
	return (
		<tr data-testid="log-row" data-events={line.events.join(" ")}>
			<td className="number">{line.index}</td>
			<td className="number">
				{dateTime(line.at)} <MadeAt madeAt={line.madeAt} offline={line.offline} />
			</td>
			<td>{[...new Set(line.events.map(eventWord))].join("、")}</td>
			<td>
				{line.customerId ? (
					<a href={formatRoute({ screen: "customer", id: line.customerId })}>{line.customerName}</a>
				) : (
					line.customerName
				)}{" "}
				{line.userId && <code className="wrap">{line.userId}</code>} {line.receipt && <small>{line.receipt}</small>}
				<Contracts detail={line.detail} />
				<OfStaff detail={line.detail} />
			</td>
			<td className="actor">
				{actor
					? t(actor)
					: `${line.actorName || line.actorId}${line.actorRole ? `(${actingWord(line.actorRole, line.actorDeputy)})` : ""}`}
			</td>
			<td>{line.terminalLabel || "―"}</td>
		</tr>
	);
}

/** Which role and branch, which days of 代行, what was asked for; how many an auditor saw. */
function OfStaff({ detail }: { detail: LogLine["detail"] }) {
	const { staff_role: role, staff_branch: branch, deputy_branch: deputy, deputy_from: from, proposed } = detail;
	const known = roles.find((one) => one === role);
	const words = [
		proposed && isChange(proposed) ? changeWord(proposed) : "",
		known ? `${roleWord(known)} ${branch}` : "",
		deputy ?? "",
		from && detail.deputy_until ? `${dayShort(from)}〜${dayShort(detail.deputy_until)}` : "",
		detail.customers ? t("viewedCustomers", { count: detail.customers }) : "",
	].filter((word) => word !== "");
	return words.length > 0 ? <small className="under">{words.join(" ")}</small> : null;
}

/** Which contracts, where the words of the events leave it open; a re-contract both ways. */
function Contracts({ detail }: { detail: LogLine["detail"] }) {
	const { old_contract: old, new_contract: next, contract, closing_on: closing } = detail;
	if (!old && !contract) return null;
	return (
		<small className="under">
			{old && next ? `${t("oldContract")} ${old} → ${t("newContract")} ${next}` : `${t("contract")} ${contract}`}
			{closing && ` ${t("closingOn")} ${dayShort(closing)}`}
		</small>
	);
}
