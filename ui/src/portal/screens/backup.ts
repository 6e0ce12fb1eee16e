// An expired certificate, shown by the file in which its holder keeps it.
import { t } from "../text";
import { submitButton } from "./buttons";
import { h, ICONS, icon } from "./dom";
import { field, focusFirstFault } from "./field";
import { problemSlot } from "./problem-slot";
import type { BuildScreen } from "./screen";

export const backupScreen: BuildScreen<"backup"> = (state, journey) => {
	const file = h("input", { type: "file", id: "backup-file", testid: "backup-file", accept: ".p12,.pfx" });
	const missing = h("p", { class: "fault", testid: "backup-file-fault", role: "alert", hidden: true });
	const passphrase = field({
		name: "backup-passphrase",
		label: t("passphrase"),
		type: "password",
		attributes: { autocomplete: "current-password", maxlength: 128 },
	});
	const button = submitButton(t("backupButton"), "backup-submit");
	const submit = () => {
		const chosen = file.files?.[0];
		missing.hidden = chosen !== undefined;
		missing.replaceChildren(icon(ICONS.warning), t("backupFileMissing"));
		const typed = passphrase.input.value;
		passphrase.fault(typed === "" ? t("passphraseMissing") : undefined);
		if (!chosen) file.focus();
		else if (typed === "") focusFirstFault([passphrase]);
		else void journey.showBackup(chosen, typed);
	};
	const problems = problemSlot(submit);
	const back = h(
		"button",
		{ type: "button", class: "button", testid: "backup-back", on: { click: () => void journey.back() } },
		t("back"),
	);
	const node = h(
		"form",
		{
			class: "card",
			novalidate: true,
			testid: "screen-backup",
			on: {
				submit: (event) => {
					event.preventDefault();
					submit();
				},
			},
		},
		h("h1", { tabindex: "-1" }, t("backupTitle")),
		h("p", { class: "lead" }, t("backupLead")),
		problems.node,
		h("div", { class: "field" }, h("label", { class: "label", for: "backup-file" }, t("backupFile")), file, missing),
		passphrase.node,
		h("div", { class: "buttons" }, button.node, back),
		h("p", { class: "hint" }, t("backupNone")),
	);
	const update = (now: typeof state) => {
		button.working(now.work && t("enterBusy"));
		back.hidden = now.work !== undefined;
		problems.show(now.problem);
	};
	update(state);
	return { node, update };
};
