// One application of the queue: how long it has waited, and what to look at twice.
import { useEffect, useRef } from "react";
import type { ApplicationView } from "../../../generated/desk";
import { type TextKey, t } from "../../../shared/text/ja";
import { kindWord } from "../../../shared/text/words";
import { formatRoute } from "../../route";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** How long it has waited, in the largest unit that fits. */
function age(submittedAt: string): { text: string; long: boolean } {
	const waited = Math.max(0, Date.now() - Date.parse(submittedAt));
	if (waited < 60 * MINUTE) return { text: t("waitedMinutes", { count: Math.floor(waited / MINUTE) }), long: false };
	if (waited < DAY) return { text: t("waitedHours", { count: Math.floor(waited / (60 * MINUTE)) }), long: false };
	return { text: t("waitedDays", { count: Math.floor(waited / DAY) }), long: true };
}

/** What whoever decides should look at twice. */
function marks(row: ApplicationView): TextKey[] {
	const found: TextKey[] = [];
	if (row.cause === "vanished" || row.cause === "disk_left") found.push("markCompromise");
	if (row.ends.some((end) => !end.atConfirmation && !end.on)) found.push("markEndsNow");
	if (row.offline) found.push("markOffline");
	if (row.comment) found.push("markReturned");
	return found;
}

export function QueueItem({ row, chosen }: { row: ApplicationView; chosen: boolean }) {
	const link = useRef<HTMLAnchorElement>(null);
	useEffect(() => {
		if (chosen) link.current?.scrollIntoView({ block: "nearest" });
	}, [chosen]);
	const waited = age(row.submittedAt);
	return (
		<li>
			<a
				ref={link}
				href={formatRoute({ screen: "approvals", id: row.applicationId })}
				aria-current={chosen ? "true" : undefined}
				className={row.decideRefusal ? "greyed" : undefined}
				data-testid="waiting"
				data-receipt={row.receipt}
			>
				<b>{row.customerName}</b>
				<span>
					{kindWord(row.kind)} <code>{row.receipt}</code>
				</span>
				<small className={waited.long ? "overdue" : undefined}>{waited.text}</small>
				{marks(row).map((mark) => (
					<small key={mark} className="mark" data-testid={mark}>
						{t(mark)}
					</small>
				))}
				{row.decideRefusal === "two_person_rule" && <small>{t("ownWork")}</small>}
			</a>
		</li>
	);
}
