// The page: frame and the screen of the present step. A new step gets a new screen and the focus on its heading.
import type { Info } from "../api";
import type { Journey } from "../journey/journey";
import type { State } from "../journey/state";
import { currentLanguage, type Language, setLanguage, t } from "../text";
import { backupScreen } from "./backup";
import { blockedScreen } from "./blocked";
import { checkingScreen } from "./checking";
import { h } from "./dom";
import { doneScreen } from "./done";
import { enterScreen } from "./enter";
import { footer, header, portalName, type StepNumber, steps } from "./frame";
import { inUseScreen } from "./in-use";
import { prepareScreen } from "./prepare";
import { presentScreen } from "./present";
import { saveScreen } from "./save";
import type { BuildScreen, Draft, Screen, Step } from "./screen";
import { storeScreen } from "./store";

const SCREENS: { [S in Step]: BuildScreen<S> } = {
	checking: checkingScreen,
	blocked: blockedScreen,
	enter: enterScreen,
	prepare: prepareScreen,
	present: presentScreen,
	backup: backupScreen,
	store: storeScreen,
	in_use: inUseScreen,
	save: saveScreen,
	done: doneScreen,
};
const NUMBERS: Partial<Record<Step, StepNumber>> = { enter: 1, present: 1, prepare: 2, save: 3, done: 4 };
const LANGUAGE = "madoguchi-pickup-language";

export function showPage(root: HTMLElement, journey: Journey, memory: Pick<Storage, "getItem" | "setItem">): void {
	const draft: Draft = new Map();
	let shown: { step: Step; info: Info | undefined; screen: Screen<Step> } | undefined;

	const mount = (state: State) => {
		const info = "info" in state ? state.info : undefined;
		const build = SCREENS[state.step] as BuildScreen<Step>;
		shown = { step: state.step, info, screen: build(state, journey, draft) };
		if (state.step === "prepare") draft.clear();
		const number = NUMBERS[state.step];
		document.documentElement.lang = currentLanguage();
		if (info) document.title = t("pageTitle", { portal: portalName(info), institution: info.institution });
		root.replaceChildren(
			h("a", { class: "skip", href: "#main" }, t("skipToMain")),
			header(info, otherLanguage),
			h(
				"main",
				{ id: "main", tabindex: "-1" },
				number ? steps(number, state.step === "done", journey.renews) : "",
				shown.screen.node,
			),
			footer(info),
		);
	};
	const change = (language: Language) => {
		setLanguage(language);
		memory.setItem(LANGUAGE, language);
		mount(journey.state);
		root.querySelector<HTMLElement>("[data-testid=language]")?.focus();
	};
	const otherLanguage = () => change(currentLanguage() === "ja" ? "en" : "ja");

	setLanguage(memory.getItem(LANGUAGE) === "en" ? "en" : "ja");
	mount(journey.state);
	journey.subscribe((state) => {
		// The name of the institution has come: frame and all are built anew.
		const informed = state.step === "checking" && state.info !== shown?.info;
		if (shown?.step === state.step && state.step !== "blocked" && !informed) {
			shown.screen.update?.(state);
			return;
		}
		const first = shown?.step === "checking";
		mount(state);
		window.scrollTo(0, 0);
		// Not on the first page: the browser reads it from its beginning by itself.
		if (!first) root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
	});
}
