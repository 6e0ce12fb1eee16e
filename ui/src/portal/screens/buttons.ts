// Buttons that show that work is under way. They stay focusable meanwhile; a second press does nothing.
import { h, setAttribute } from "./dom";

export type WorkButton = { node: HTMLButtonElement; working(label: string | undefined): void };

function workButton(label: string, testid: string, type: "submit" | "button", press?: () => void): WorkButton {
	const words = h("span", {}, label);
	const node = h("button", { type, class: "button button-main", testid, on: press ? { click: press } : {} }, words);
	return {
		node,
		working(text) {
			words.textContent = text ?? label;
			node.classList.toggle("button-working", text !== undefined);
			setAttribute(node, "aria-disabled", text !== undefined ? true : undefined);
		},
	};
}

export const submitButton = (label: string, testid: string) => workButton(label, testid, "submit");
export const mainButton = (label: string, testid: string, press: () => void) =>
	workButton(label, testid, "button", press);
