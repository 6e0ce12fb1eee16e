// Step 4: 有効. How to import the file, and what to do with it afterwards.
import { dayText, t } from "../text";
import { h, ICONS, icon } from "./dom";
import { offer } from "./download";
import { facts, note } from "./notices";
import type { BuildScreen } from "./screen";

const IMPORT_STEPS = ["import1", "import2", "import3", "import4", "import5", "import6"] as const;

export const doneScreen: BuildScreen<"done"> = ({ right, file }) => {
	const name = file.name;
	const again = h(
		"button",
		{ type: "button", class: "button", testid: "download-again", on: { click: () => offer(file) } },
		icon(ICONS.download),
		t("downloadOnceMore"),
	);
	const node = h(
		"div",
		{ class: "card", testid: "screen-done" },
		h("h1", { tabindex: "-1", class: "good" }, icon(ICONS.check), t("doneTitle")),
		h("p", { class: "lead" }, t("doneLead")),
		facts([
			[t("userId"), right.user_id, "done-user-id"],
			[t("stateWord"), t("stateActive"), "done-state"],
			[t("notAfter"), dayText(file.notAfter), "done-not-after"],
			[t("serial"), file.serial, "done-serial"],
		]),
		h("h2", {}, t("importTitle")),
		h("p", {}, t("importLead")),
		h(
			"ol",
			{ class: "import-steps", testid: "import-steps" },
			...IMPORT_STEPS.map((key) => h("li", {}, t(key, { name }))),
		),
		facts([
			[t("rootName"), file.rootName, "root-name"],
			[t("rootThumbprint"), file.rootThumbprint, "root-thumbprint"],
		]),
		note(
			t("afterTitle"),
			"after-import",
			h("p", {}, t(right.backup_allowed ? "afterBackup" : "afterDelete", { name })),
		),
		h(
			"details",
			{ class: "help", testid: "old-systems" },
			h("summary", {}, t("oldSystemsTitle")),
			h("p", {}, t("oldSystems")),
		),
		h("div", { class: "buttons" }, again),
		h("p", { class: "hint" }, t("doneClose")),
	);
	return { node };
};
