// Boxes that tell something: a problem with what to do next, a note, a list of facts.
import type { Problem } from "../problem";
import { problemText, t } from "../text";
import { type Child, h, ICONS, icon } from "./dom";

/** @param retry given where sending again is all there is to do. */
export function problemNotice(problem: Problem, retry?: () => void): HTMLElement {
	const { title, body, next } = problemText(problem);
	return h(
		"section",
		{ class: "notice notice-problem", role: "alert", tabindex: "-1", testid: "problem", "data-code": problem.code },
		icon(ICONS.stop),
		h(
			"div",
			{},
			h("h2", { testid: "problem-title" }, title),
			h("p", { testid: "problem-body" }, body),
			h("p", { testid: "problem-next" }, h("b", {}, `${t("problemNext")}:`), " ", next),
			problem.requestId
				? h(
						"p",
						{ class: "reference" },
						`${t("problemReference")}: `,
						h("code", { testid: "problem-reference" }, problem.requestId),
					)
				: undefined,
			retry && problem.passing
				? h(
						"button",
						{ type: "button", class: "button", testid: "problem-retry", on: { click: retry } },
						t("problemRetry"),
					)
				: undefined,
		),
	);
}

export function note(title: string | undefined, testid: string, ...children: Child[]): HTMLElement {
	const heading = title ? h("h2", {}, title) : undefined;
	return h("section", { class: "notice", testid }, icon(ICONS.info), h("div", {}, heading, ...children));
}

export function facts(rows: [string, string, string][]): HTMLElement {
	return h(
		"dl",
		{ class: "facts" },
		...rows.map(([term, value, testid]) => h("div", {}, h("dt", {}, term), h("dd", { testid }, value))),
	);
}
