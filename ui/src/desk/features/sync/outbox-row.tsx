// One act of this PC: where it stands, why it was not accepted, and what to do about it.
import { useMutation } from "@tanstack/react-query";
import type { OutboxItem } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { actWord } from "../../../shared/text/words";
import { errorNext, errorTitle } from "../../../shared/ui/error-note";
import { OutboxBadge } from "../../../shared/ui/state-badge";
import { formatRoute } from "../../route";

export function OutboxRow({ item }: { item: OutboxItem }) {
	return (
		<tr data-testid="outbox-row" data-state={item.state}>
			<td>
				<OutboxBadge state={item.state} />
				{item.stop && item.state !== "confirmed" && !item.dealt && <b className="overdue under">{t("notStopped")}</b>}
			</td>
			<td>
				{actWord(item.kind)} {item.stop && <code>{item.stop}</code>}
				<small className="under">
					{dateTime(item.madeAt)} {item.offline && t("madeOffline")}
				</small>
			</td>
			<td>
				{item.customerName ? (
					<a href={formatRoute({ screen: "customer", id: item.customerId })}>{item.customerName}</a>
				) : (
					"―"
				)}
			</td>
			<td>{item.staffId}</td>
			<td>
				{item.error && (
					<>
						<b>{errorTitle(item.error)}</b>
						<small className="under">{errorNext(item.error)}</small>
					</>
				)}
				{item.state === "waiting" && item.tries > 0 && t("tries", { count: item.tries })}
				{item.dealt && (
					<small className="under" data-testid="dealt">
						{t(item.dealt === "sent_again" ? "dealtAgain" : "dealtDismissed", {
							by: item.dealtBy ?? "",
							at: item.settledAt ? dateTime(item.settledAt) : "",
						})}
					</small>
				)}
			</td>
			<td>{item.state === "refused" && !item.dealt && <Deal item={item} />}</td>
		</tr>
	);
}

/** A refusal stays until somebody opens its form again or says that it is settled otherwise. */
function Deal({ item }: { item: OutboxItem }) {
	const dismiss = useMutation({ mutationFn: () => desk.refusedDismiss(item.commandId) });
	return (
		<span className="buttons">
			{item.draft ? (
				<a
					className="button primary"
					href={formatRoute({
						screen: "apply",
						customer: item.customerId,
						kind: item.draft.kind,
						draft: item.draft.applicationId,
					})}
					data-testid="outbox-reopen"
				>
					{t("outboxReopen")}
				</a>
			) : (
				<a
					className="button"
					href={formatRoute({ screen: "customer", id: item.customerId })}
					data-testid="outbox-customer"
				>
					{t(item.stop ? "outboxStopAgain" : "outboxCustomer")}
				</a>
			)}
			<button type="button" disabled={dismiss.isPending} onClick={() => dismiss.mutate()} data-testid="outbox-dismiss">
				{t("outboxDismiss")}
			</button>
		</span>
	);
}
