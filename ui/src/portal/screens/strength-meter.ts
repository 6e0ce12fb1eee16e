// How strong the passphrase is, in words and in four bars.
import type { Strength } from "../entry/passphrase";
import { t } from "../text";
import { h } from "./dom";

export function strengthMeter(): { node: HTMLElement; show(strength: Strength): void } {
	const bars = h(
		"span",
		{ class: "bars", "aria-hidden": "true" },
		...[1, 2, 3, 4].map(() => h("span", { class: "bar" })),
	);
	const words = h("span", { testid: "passphrase-strength", "aria-live": "polite" });
	const show = (strength: Strength) => {
		bars.dataset.strength = String(strength);
		const text = t(`strength${strength}`);
		if (words.textContent !== text) words.textContent = text;
	};
	show(0);
	return { node: h("p", { class: "strength" }, h("span", {}, `${t("strengthLabel")}:`), bars, words), show };
}
