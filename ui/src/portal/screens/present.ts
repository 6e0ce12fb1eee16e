// Step 1 of a renewal: whose certificate the browser showed, when it ends, and whether it may be replaced now. Or, where that
// is a new certificate whose key the page never saw: its confirmation.
import { problemOf } from "../api";
import { dayText, t } from "../text";
import { mainButton } from "./buttons";
import { h } from "./dom";
import { facts, note, problemNotice } from "./notices";
import { problemSlot } from "./problem-slot";
import type { BuildScreen } from "./screen";

export const presentScreen: BuildScreen<"present"> = (state, journey) => {
	const { present, resumed } = state;
	const waiting = present.state === "signed";
	const press = () => void (waiting ? journey.confirmUse() : journey.renew());
	const button = mainButton(t(waiting ? "useButton" : "renewButton"), waiting ? "confirm-use" : "renew", press);
	const problems = problemSlot(press);
	// What was begun here is finished here, also when its confirmation has ended the present certificate by now.
	const refused = present.refused && !waiting && !resumed ? problemOf(present.refused) : undefined;
	const node = h(
		"div",
		{ class: "card", testid: "screen-present" },
		h("h1", { tabindex: "-1" }, t(waiting ? "useTitle" : refused ? "stepPresent" : "presentTitle")),
		!refused && h("p", { class: "lead" }, t(waiting ? "useLead" : "presentLead")),
		facts([
			[t("userId"), present.user_id, "present-user-id"],
			...(present.device_label
				? [[t("device"), present.device_label, "present-device"] as [string, string, string]]
				: []),
			[t("notAfter"), dayText(present.not_after), "present-not-after"],
			[t("serial"), present.serial, "present-serial"],
		]),
		resumed && note(t("pendingTitleRenewal"), "resumed", h("p", {}, t("resumedRenewal"))),
		!resumed && !refused && present.begun !== null && note(t("begunTitle"), "begun", h("p", {}, t("begunBody"))),
		refused && problemNotice(refused),
		problems.node,
		!refused && h("div", { class: "buttons" }, button.node),
		h("p", { class: "hint" }, t("presentOther")),
	);
	const update = (now: typeof state) => {
		button.working(now.work && t("confirmBusy"));
		problems.show(now.problem);
	};
	update(state);
	return { node, update };
};
