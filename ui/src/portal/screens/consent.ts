// The one box to tick: the notes were read.
import { t } from "../text";
import { h, ICONS, icon, setAttribute } from "./dom";

export function consentBox(): { node: HTMLElement; input: HTMLInputElement; fault(text: string | undefined): void } {
	const input = h("input", { type: "checkbox", id: "consent", testid: "consent", "aria-required": "true" });
	const error = h("p", { id: "consent-fault", class: "fault", testid: "consent-fault", hidden: true });
	return {
		node: h(
			"div",
			{ class: "field" },
			h("label", { class: "tick", for: "consent" }, input, h("span", {}, t("consent"))),
			error,
		),
		input,
		fault(text) {
			error.hidden = text === undefined;
			error.replaceChildren(...(text === undefined ? [] : [icon(ICONS.warning), text]));
			setAttribute(input, "aria-invalid", text !== undefined);
			setAttribute(input, "aria-describedby", text === undefined ? undefined : "consent-fault");
		},
	};
}
