// Step 3: the file first, 有効 after. Nobody gets a certificate whose file they never had.
import { t } from "../text";
import { mainButton } from "./buttons";
import { h, ICONS, icon } from "./dom";
import { offer } from "./download";
import { facts } from "./notices";
import { problemSlot } from "./problem-slot";
import type { At, BuildScreen } from "./screen";

export const saveScreen: BuildScreen<"save"> = (state, journey) => {
	const { file } = state;
	const words = h("span", {});
	const download = h(
		"button",
		{
			type: "button",
			class: "button button-main",
			testid: "download",
			on: {
				click: () => {
					offer(file);
					journey.saved();
				},
			},
		},
		icon(ICONS.download),
		words,
	);
	const status = h("p", { class: "saved-note", role: "status", testid: "download-status" });
	const first = h("p", { id: "confirm-fault", class: "fault", testid: "confirm-fault", role: "alert", hidden: true });
	let saved = state.saved;
	const press = () => {
		first.hidden = saved;
		first.replaceChildren(...(saved ? [] : [icon(ICONS.warning), t("confirmFirst")]));
		if (saved) void journey.confirm();
		else download.focus();
	};
	const confirm = mainButton(t("confirmButton"), "confirm", press);
	const problems = problemSlot(press);
	const one = h(
		"li",
		{},
		h("h2", {}, t("saveOne")),
		h("p", {}, t("saveOneBody")),
		facts([[t("fileName"), file.name, "file-name"]]),
		h("div", { class: "buttons" }, download),
		status,
	);
	const two = h(
		"li",
		{},
		h("h2", {}, t("saveTwo")),
		h("p", {}, t("saveTwoBody")),
		problems.node,
		h("div", { class: "buttons" }, confirm.node),
		first,
	);
	const node = h(
		"div",
		{ class: "card", testid: "screen-save" },
		h("h1", { tabindex: "-1" }, t("saveTitle")),
		h("p", { class: "lead" }, t("saveLead")),
		h("ol", { class: "tasks" }, one, two),
	);
	const update = (now: At<"save">) => {
		saved = now.saved;
		words.textContent = saved ? t("downloadAgain") : t("download");
		download.classList.toggle("button-main", !saved);
		confirm.node.classList.toggle("button-main", saved);
		if (saved) first.hidden = true;
		status.replaceChildren(...(saved ? [icon(ICONS.check), t("downloadDone")] : []));
		one.classList.toggle("task-done", saved);
		confirm.working(now.work && t("confirmBusy"));
		problems.show(now.problem);
	};
	update(state);
	return { node, update };
};
