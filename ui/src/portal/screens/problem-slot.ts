// The place on a screen where a problem appears, and takes the focus when it does.
import type { Problem } from "../problem";
import { h } from "./dom";
import { problemNotice } from "./notices";

export function problemSlot(retry?: () => void): { node: HTMLElement; show(problem: Problem | undefined): void } {
	const node = h("div", { class: "problem-slot" });
	let shown: Problem | undefined;
	return {
		node,
		show(problem) {
			if (problem === shown) return;
			shown = problem;
			node.replaceChildren(...(problem ? [problemNotice(problem, retry)] : []));
			// On the first build the screen is not in the page yet; its heading is focused then.
			if (problem && node.isConnected) (node.firstElementChild as HTMLElement).focus();
		},
	};
}
