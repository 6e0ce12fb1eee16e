// Acts on this customer that the centre has not confirmed. They are not shown as done anywhere else.
import type { OutboxItem } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { errorTitle } from "../../../shared/ui/error-note";
import { OutboxBadge } from "../../../shared/ui/state-badge";

export function Pending({ items }: { items: OutboxItem[] }) {
	if (items.length === 0) return null;
	return (
		<section className="note note-warn" data-testid="pending">
			<strong>{t("pending")}</strong>
			<ul className="rows">
				{items.map((item) => (
					<li key={item.commandId}>
						<OutboxBadge state={item.state} /> {dateTime(item.madeAt)} {item.error && errorTitle(item.error)}
					</li>
				))}
			</ul>
		</section>
	);
}
