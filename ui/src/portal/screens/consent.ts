// The one box to tick: the notes were read.
import { t } from "../text";
import { h, ICONS, icon, setAttribute } from "./dom";

export function consentBox(): { node: HTMLElement; input: HTMLInputElement; fault(text: string | undefined): void } {
	const input = h("input", { type: "checkbox", id: "consent", testid: "consent", "aria-required": "true" });
	const error = h("p", { id: "consent-fault", class: "fault", testid: "consent-fault", hidden: true });
	const fault = (text: string | undefined) => {
		error.hidden = text === undefined;
		error.replaceChildren(...(text === undefined ? [] : [icon(ICONS.warning), text]));
		setAttribute(input, "aria-invalid", text !== undefined);
		setAttribute(input, "aria-describedby", text === undefined ? undefined : "consent-fault");
	};
	input.addEventListener("change", () => fault(undefined));
	const label = h("label", { class: "tick", for: "consent" }, input, h("span", {}, t("consent")));
	return { node: h("div", { class: "field" }, label, error), input, fault };
}
