// A certificate whose key never left its store is 有効.
import { dayText, t } from "../text";
import { h, ICONS, icon } from "./dom";
import { facts } from "./notices";
import type { BuildScreen } from "./screen";

export const inUseScreen: BuildScreen<"in_use"> = ({ present }) => ({
	node: h(
		"div",
		{ class: "card", testid: "screen-in-use" },
		h("h1", { tabindex: "-1", class: "good" }, icon(ICONS.check), t("doneTitle")),
		h("p", { class: "lead" }, t("inUseLead")),
		facts([
			[t("userId"), present.user_id, "done-user-id"],
			[t("stateWord"), t("stateActive"), "done-state"],
			[t("notAfter"), dayText(present.not_after), "done-not-after"],
			[t("serial"), present.serial, "done-serial"],
		]),
	),
});
