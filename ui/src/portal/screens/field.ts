// A labelled text input with a hint, an error that names it, and room for something beside it.
import { type Child, h, ICONS, icon, setAttribute } from "./dom";

export type Field = {
	node: HTMLElement;
	input: HTMLInputElement;
	/** Shows what is wrong with the field, or that nothing is. */
	fault(text: string | undefined): void;
};

type Options = {
	name: string;
	label: string;
	hint?: string;
	type?: "text" | "password";
	attributes?: Record<string, unknown>;
	beside?: Child;
	below?: Child;
};

export function field({ name, label, hint, type = "text", attributes = {}, beside, below }: Options): Field {
	const [hintId, faultId] = [`${name}-hint`, `${name}-fault`];
	const input = h("input", {
		id: name,
		name,
		type,
		class: "input",
		testid: name,
		autocomplete: "off",
		autocapitalize: "off",
		spellcheck: "false",
		"aria-required": "true",
		"aria-describedby": hint ? hintId : undefined,
		...attributes,
	});
	const error = h("p", { id: faultId, class: "fault", testid: faultId, hidden: true });
	const node = h(
		"div",
		{ class: "field" },
		h("label", { for: name, class: "label" }, label),
		hint ? h("p", { id: hintId, class: "hint" }, hint) : undefined,
		h("div", { class: "input-row" }, input, beside),
		below,
		error,
	);
	const fault = (text: string | undefined) => {
		error.hidden = text === undefined;
		error.replaceChildren(...(text === undefined ? [] : [icon(ICONS.warning), text]));
		setAttribute(input, "aria-invalid", text !== undefined);
		const described = [hint && hintId, text !== undefined && faultId].filter(Boolean).join(" ");
		setAttribute(input, "aria-describedby", described || undefined);
		node.classList.toggle("field-wrong", text !== undefined);
	};
	// What is being corrected is no longer called wrong; it is looked at again when the form is sent.
	input.addEventListener("input", () => {
		if (!error.hidden) fault(undefined);
	});
	return { node, input, fault };
}

/** Puts the cursor where the first mistake is. */
export function focusFirstFault(fields: { input: HTMLInputElement }[]): void {
	fields.find(({ input }) => input.getAttribute("aria-invalid") === "true")?.input.focus();
}
