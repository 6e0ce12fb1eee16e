// Makes elements. Text is always text: nothing here, or anywhere in these pages, takes HTML.
type Handlers = { [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
type Properties = { class?: string; testid?: string; on?: Handlers; [attribute: string]: unknown };
export type Child = Node | string | undefined | false;

export function h<T extends keyof HTMLElementTagNameMap>(
	tag: T,
	properties: Properties = {},
	...children: Child[]
): HTMLElementTagNameMap[T] {
	const element = document.createElement(tag);
	const { on = {}, testid, ...attributes } = properties;
	if (testid) element.dataset.testid = testid;
	for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
	for (const [type, listener] of Object.entries(on)) element.addEventListener(type, listener as EventListener);
	element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
	return element;
}

/** false and undefined remove the attribute, except aria-*, which says "false". */
export function setAttribute(element: Element, name: string, value: unknown): void {
	const spoken = name.startsWith("aria-") && value === false;
	if (value === undefined || (value === false && !spoken)) element.removeAttribute(name);
	else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing beside words that say the same, so hidden from readers. */
export function icon(path: string, className = "icon"): SVGSVGElement {
	const svg = document.createElementNS(SVG, "svg");
	const line = document.createElementNS(SVG, "path");
	setAttribute(svg, "viewBox", "0 0 24 24");
	setAttribute(svg, "class", className);
	setAttribute(svg, "aria-hidden", "true");
	setAttribute(svg, "focusable", "false");
	setAttribute(line, "d", path);
	svg.append(line);
	return svg;
}

export const ICONS = {
	shield: "M12 3 19 5.8v5.4c0 4.2-2.8 7-7 8.8-4.2-1.8-7-4.6-7-8.8V5.8zM8.7 11.8l2.4 2.4 4.4-4.6",
	check: "m5 12.5 4.5 4.5L19 7.5",
	warning: "M12 4 21.5 20h-19zM12 10v4.5M12 17.2v.3",
	stop: "M8 3.5h8L20.5 8v8L16 20.5H8L3.5 16V8zM8.5 8.5l7 7M15.5 8.5l-7 7",
	info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.5v.3",
	download: "M12 4v11M7.5 11l4.5 4.5L16.5 11M5 19.5h14",
	phone: "M6.5 3.5h3l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5v3c0 1-.8 2-2 2C10.5 19 5 13.5 4.5 5.5c0-1.2 1-2 2-2z",
} as const;
