// What is on every page: name of the institution, training band, steps, contacts, language.
import type { Info } from "../api";
import { currentLanguage, type TextKey, t } from "../text";
import { h, ICONS, icon } from "./dom";

export type StepNumber = 1 | 2 | 3 | 4;
const STEPS: TextKey[] = ["stepEnter", "stepPrepare", "stepSave", "stepDone"];
const RENEWAL: TextKey[] = ["stepPresent", "stepPrepare", "stepSave", "stepDone"];

/** The institution gives the page its Japanese name. */
export function portalName(info: Info): string {
	return currentLanguage() === "ja" ? info.portal_name : t("portalName");
}

export function header(info: Info | undefined, onLanguage: () => void): HTMLElement {
	return h(
		"header",
		{ class: "top" },
		info?.training &&
			h("p", { class: "training", testid: "training-band" }, h("b", {}, t("trainingWord")), ` ${t("trainingBand")}`),
		h(
			"div",
			{ class: "top-row" },
			h("div", { class: "mark" }, icon(ICONS.shield, "icon mark-icon")),
			h(
				"p",
				{ class: "names" },
				h("span", { class: "institution", testid: "institution", lang: "ja" }, info?.institution ?? ""),
				h("span", { class: "portal-name" }, info ? portalName(info) : ""),
			),
			h(
				"button",
				{
					type: "button",
					class: "button button-quiet language",
					testid: "language",
					lang: currentLanguage() === "ja" ? "en" : "ja",
					"aria-label": t("languageSwitch"),
					on: { click: onLanguage },
				},
				t("languageOther"),
			),
		),
	);
}

export function steps(present: StepNumber, finished: boolean, renews: boolean): HTMLElement {
	const names = renews ? RENEWAL : STEPS;
	const state = (n: number) => (n < present || finished ? "past" : n === present ? "now" : "ahead");
	const spoken = { past: t("stepPast"), now: t("stepNow"), ahead: "" };
	return h(
		"nav",
		{ class: "steps", "aria-label": t("stepsLabel"), testid: "steps" },
		h(
			"p",
			{ class: "steps-short", "aria-hidden": "true" },
			t("stepOf", { n: present, total: names.length }),
			h("b", {}, ` ${t(names[present - 1] ?? "stepDone")}`),
		),
		h(
			"ol",
			{},
			...names.map((key, i) =>
				h(
					"li",
					{ class: `step step-${state(i + 1)}`, "aria-current": i + 1 === present ? "step" : undefined },
					h(
						"span",
						{ class: "step-number", "aria-hidden": "true" },
						state(i + 1) === "past" ? icon(ICONS.check) : String(i + 1),
					),
					h("span", { class: "step-name" }, t(key)),
					h("span", { class: "only-heard" }, spoken[state(i + 1)]),
				),
			),
		),
	);
}

export function footer(info: Info | undefined): HTMLElement {
	const contacts = info?.contacts ?? [];
	return h(
		"footer",
		{ class: "foot" },
		contacts.length > 0 &&
			h(
				"section",
				{ class: "contacts", "aria-labelledby": "contacts-title", testid: "contacts" },
				h("h2", { id: "contacts-title" }, t("contacts")),
				h("div", { class: "contact-list" }, ...contacts.map(contact)),
			),
		h("p", { class: "foot-note" }, t("footNote")),
	);
}

function contact({ title, phone, hours, email }: Info["contacts"][number]): HTMLElement {
	return h(
		"div",
		{ class: "contact" },
		h("h3", { lang: "ja" }, title),
		h(
			"p",
			{ class: "contact-phone" },
			icon(ICONS.phone),
			h("a", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, phone),
		),
		h("p", {}, `${t("hours")}: `, h("span", { lang: "ja" }, hours)),
		email ? h("p", {}, `${t("email")}: `, h("a", { href: `mailto:${email}` }, email)) : undefined,
	);
}
