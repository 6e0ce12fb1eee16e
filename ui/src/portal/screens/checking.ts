// Before anything is known about the centre.
import { t } from "../text";
import { h } from "./dom";
import { problemSlot } from "./problem-slot";
import type { BuildScreen } from "./screen";

export const checkingScreen: BuildScreen<"checking"> = (state, journey) => {
	const wait = h("h1", { tabindex: "-1", class: "waiting" }, t("checking"));
	const problems = problemSlot(() => void journey.begin());
	const other = h("p", { hidden: true });
	const node = h("div", { class: "card", testid: "screen-checking" }, wait, problems.node, other);
	const update = (now: typeof state) => {
		wait.hidden = now.problem !== undefined;
		problems.show(now.problem);
		other.hidden = now.problem?.code !== "renewal_denied" || !now.info;
		other.replaceChildren(h("a", { href: now.info?.pickup_url, testid: "pickup-link" }, t("pickupLink")));
	};
	update(state);
	return { node, update };
};
