// How long each list is; a click, Enter or its digit opens it.
import { useEffect } from "react";
import type { Counts, TodayList } from "../../../generated/desk";
import { composing } from "../../../shared/keyboard";
import { t } from "../../../shared/text/ja";
import { formatRoute, go } from "../../route";
import { keyOf, lists } from "./lists";

const typing = (target: EventTarget | null) =>
	target instanceof Element && target.closest("input, select, textarea") !== null;

export function Tiles({ order, counts, open }: { order: TodayList[]; counts: Counts; open: TodayList }) {
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (composing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
			if (typing(event.target) || document.querySelector("dialog[open]")) return;
			const list = order.find((_, place) => keyOf(place) === event.key);
			if (!list) return;
			event.preventDefault();
			go({ screen: "today", list });
			// It may be open already, with the focus elsewhere.
			if (list === open) document.querySelector<HTMLElement>("[data-row]")?.focus();
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	}, [order, open]);
	return (
		<ul className="tiles">
			{order.map((list, place) => {
				const count = lists[list].count(counts);
				const late = list === "unconfirmed" && counts.incidentsOverdue > 0;
				return (
					<li key={list}>
						<a
							href={formatRoute({ screen: "today", list })}
							className={late ? "tile tile-late" : count ? "tile" : "tile tile-zero"}
							aria-current={list === open ? "true" : undefined}
							data-testid={`tile-${list}`}
						>
							<span>
								<b>{count ?? "…"}</b> {keyOf(place) && <kbd>{keyOf(place)}</kbd>}
							</span>
							{t(lists[list].label)}
						</a>
					</li>
				);
			})}
		</ul>
	);
}
