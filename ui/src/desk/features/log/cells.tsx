// What stands in the cells of an entry's line, wherever the line is shown.
import type { LogLine } from "../../../generated/desk";
import { dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { changeWord, isChange } from "../../../shared/text/staff-words";
import { roles, roleWord } from "../../../shared/text/words";
import { formatRoute } from "../../route";

/** Whom it is about, with what the words of its events leave open. */
export function Whom({ line }: { line: LogLine }) {
	return (
		<>
			{line.customerId ? (
				<a href={formatRoute({ screen: "customer", id: line.customerId })} tabIndex={-1}>
					{line.customerName || t("erased")}
				</a>
			) : (
				line.customerName
			)}{" "}
			{line.userId && <code className="wrap">{line.userId}</code>} {line.receipt && <small>{line.receipt}</small>}
			<Contracts detail={line.detail} />
			<OfStaff detail={line.detail} />
		</>
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
