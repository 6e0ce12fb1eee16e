// Acts on this customer that the centre has not confirmed. They are not shown as done anywhere else.
import type { OutboxItem } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { actWord } from "../../../shared/text/words";
import { errorNext, errorTitle } from "../../../shared/ui/error-note";
import { OutboxBadge } from "../../../shared/ui/state-badge";
import { formatRoute } from "../../route";

export function Pending({ items }: { items: OutboxItem[] }) {
	if (items.length === 0) return null;
	return (
		<section className="note note-warn" data-testid="pending">
			<strong>{t("pending")}</strong>
			<ul className="rows">
				{items.map((item) => (
					<li key={item.commandId}>
						<OutboxBadge state={item.state} /> {actWord(item.kind)} {item.stop && <code>{item.stop}</code>}{" "}
						{dateTime(item.madeAt)} {item.offline && t("madeOffline")}
						{item.error && (
							<>
								{" "}
								<b>{errorTitle(item.error)}</b> {errorNext(item.error)}
							</>
						)}
						{item.state === "refused" && (
							<>
								{" "}
								<a href={formatRoute({ screen: "sync" })} data-testid="pending-deal">
									{t("outboxDealWith")}
								</a>
							</>
						)}
					</li>
				))}
			</ul>
		</section>
	);
}
