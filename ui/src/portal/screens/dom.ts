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
	shield: "M12 3 19 5.8v5.4c0 4.2-2.8 7-7 8.8-4.2-1.800-7-4.600-7-8.800V5.800zM8.700 11.800l2.400 2.400 4.400-4.600",
	check: "m5 12.500 4.500 4.500L19 7.500",
	warning: "M12 4 21.500 20h-19zM12 10v4.500M12 17.200v.300",
	stop: "M8 3.500h8L20.500 8v8L16 20.500H8L3.500 16V8zM8.500 8.500l7 7M15.500 8.500l-7 7",
	info: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 11v5.500M12 7.500v.300",
	download: "M12 4v11M7.500 11l4.500 4.500L16.500 11M5 19.500h14",
	phone: "M6.500 3.500h3l1.500 4-2 1.500a11 11 0 0 0 5.500 5.500l1.500-2 4 1.500v3c0 1-.8 2-2 2C10.500 19 5 13.500 4.500 5.500c0-1.200 1-2 2-2z",
} as const;
