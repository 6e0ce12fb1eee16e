// Business days, newest first, each with who signed it off; the arrow keys go from one to the next.
import type { KeyboardEvent } from "react";
import type { SignOffDays, SignOffState } from "../../../generated/desk";
import { dateTime, dayWithWeekday } from "../../../shared/dates";
import { arrowStep } from "../../../shared/keyboard";
import { type TextKey, t } from "../../../shared/text/ja";
import { formatRoute } from "../../route";

export const stateWords: Record<SignOffState, TextKey> = {
	open: "signOffOpen",
	missing: "signOffUnsigned",
	signed: "signOffSigned",
};
const badges: Record<SignOffState, string> = { open: "", missing: "badge-returned", signed: "badge-active" };

export const StateBadge = ({ state }: { state: SignOffState }) => (
	<span className={`badge ${badges[state]}`}>{t(stateWords[state])}</span>
);

function walk(event: KeyboardEvent<HTMLElement>) {
	const step = arrowStep(event.key);
	const links = [...event.currentTarget.querySelectorAll<HTMLElement>("a")];
	const next = step && links[links.indexOf(document.activeElement as HTMLElement) + step];
	if (!next) return;
	event.preventDefault();
	next.focus();
}

export function DayList(props: {
	days: SignOffDays;
	shown: string | undefined;
	older: (before: string | null) => void;
}) {
	const { days, shown, older } = props;
	return (
		<nav aria-label={t("signOffDays")} onKeyDown={walk}>
			<ul className="queue day-list">
				{days.days.map((one) => (
					<li key={one.day}>
						<a
							href={formatRoute({ screen: "sign-off", branch: days.branch, day: one.day })}
							aria-current={one.day === shown ? "true" : undefined}
							data-testid={`day-${one.day}`}
						>
							<span className="together">
								<b>{dayWithWeekday(one.day)}</b> <StateBadge state={one.state} />
							</span>
							{one.by && one.at && (
								<small>
									{one.by} {dateTime(one.at)}
								</small>
							)}
						</a>
					</li>
				))}
			</ul>
			{days.before && (
				<button type="button" onClick={() => older(days.before ?? null)} data-testid="days-older">
					{t("signOffOlder")}
				</button>
			)}
		</nav>
	);
}
