// Which screen is shown: one hash, so that Esc (back) and reload do what people expect.
import { useSyncExternalStore } from "react";

export type Route =
	| { screen: "today"; list?: string | undefined }
	| { screen: "search" }
	| { screen: "customer"; id: string }
	| { screen: "new-customer" }
	| { screen: "apply"; customer: string; kind?: string; draft?: string }
	| { screen: "correct"; id: string }
	| { screen: "application"; id: string }
	| { screen: "slip"; id: string; application: string }
	| { screen: "receipt"; id: string }
	| { screen: "guide"; id?: string }
	| { screen: "notice"; id: string; notice: string }
	| { screen: "approvals"; id?: string }
	| { screen: "log" }
	| { screen: "log-entry"; index: number }
	| { screen: "history"; customer?: string | undefined; certificate?: string | undefined }
	| { screen: "verify" }
	| { screen: "report" }
	| { screen: "sign-off"; branch?: string | undefined; day?: string | undefined }
	| { screen: "ledger"; branch: string; day: string }
	| { screen: "sync" }
	| { screen: "admin"; part?: string | undefined }
	| { screen: "about" };

export function parseRoute(hash: string): Route {
	const [screen, first, second, third] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
	switch (screen) {
		case "search":
		case "log":
		case "verify":
		case "report":
		case "sync":
		case "about":
		case "new-customer":
			return { screen };
		case "customer":
		case "application":
		case "correct":
		case "receipt":
			return first ? { screen, id: first } : { screen: "today" };
		case "apply":
			return first
				? { screen, customer: first, kind: second || undefined, draft: third || undefined }
				: { screen: "today" };
		case "log-entry":
			return /^\d+$/.test(first ?? "") ? { screen, index: Number(first) } : { screen: "log" };
		case "history":
			return { screen, customer: first || undefined, certificate: second || undefined };
		case "slip":
			return first && second ? { screen, id: first, application: second } : { screen: "today" };
		case "notice":
			return first && second ? { screen, id: first, notice: second } : { screen: "today" };
		case "guide":
		case "approvals":
			return { screen, id: first || undefined };
		case "admin":
			return { screen, part: first || undefined };
		case "sign-off":
			return { screen, branch: first || undefined, day: second || undefined };
		case "ledger":
			return first && second ? { screen, branch: first, day: second } : { screen: "sign-off" };
		case "today":
			return { screen, list: first || undefined };
		default:
			return { screen: "today" };
	}
}

export function formatRoute(route: Route): string {
	const parts: string[] = [route.screen];
	if (route.screen === "history") parts.push(route.customer ?? "", route.certificate ?? "");
	else if (route.screen === "log-entry") parts.push(String(route.index));
	else if ("customer" in route) parts.push(route.customer, route.kind ?? "", route.draft ?? "");
	if ("id" in route && route.id) parts.push(route.id);
	if (route.screen === "slip") parts.push(route.application);
	if (route.screen === "notice") parts.push(route.notice);
	if (route.screen === "today" && route.list) parts.push(route.list);
	if (route.screen === "ledger") parts.push(route.branch, route.day);
	if (route.screen === "sign-off") parts.push(route.branch ?? "", route.day ?? "");
	if (route.screen === "admin" && route.part) parts.push(route.part);
	return `#/${parts.map(encodeURIComponent).join("/").replace(/\/+$/, "")}`;
}

export function go(route: Route): void {
	window.location.hash = formatRoute(route);
}

/** What is on screen gets an address of its own: no other screen, and Esc goes where it went before. */
export function rename(route: Route): void {
	window.history.replaceState(window.history.state, "", formatRoute(route));
}

export const back = (): void => window.history.back();

const subscribe = (changed: () => void) => {
	window.addEventListener("hashchange", changed);
	return () => window.removeEventListener("hashchange", changed);
};

let arrivals = 0;
// Before anybody who subscribes hears of it.
window.addEventListener("hashchange", () => {
	arrivals += 1;
});

/** Another number after each way to a screen, and the same one when what is on screen is renamed. */
export const useArrival = (): number => useSyncExternalStore(subscribe, () => arrivals);

export function useRoute(): Route {
	const hash = useSyncExternalStore(subscribe, () => window.location.hash);
	return parseRoute(hash);
}
