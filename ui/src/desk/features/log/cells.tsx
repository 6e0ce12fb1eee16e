// What stands in the cells of an entry's line, wherever the line is shown.
import type { LogLine } from "../../../generated/desk";
import { dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { formatRoute } from "../../route";
import { detailWords } from "./detail";

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
			<Left detail={line.detail} />
		</>
	);
}

/** What the words of the events leave open, of whatever is no customer. */
function Left({ detail }: { detail: LogLine["detail"] }) {
	const words = detailWords(detail);
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
