// Keys that work on every screen, and the reports of activity that keep the desk from locking.
import { useEffect, useLayoutEffect } from "react";
import { desk } from "../../shared/ipc";
import { composing } from "../../shared/keyboard";
import { lock } from "../leave";
import { back, go, parseRoute } from "../route";

const REPORT_EVERY_MS = 20_000;

export function useKeys(): void {
	// Before the screen is painted: a key that is pressed at the first sight of it counts.
	useLayoutEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (composing(event) || document.querySelector("dialog[open]")) return;
			const act = action(event);
			if (!act) return;
			event.preventDefault();
			act();
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	}, []);
}

function action(event: KeyboardEvent): (() => void) | undefined {
	if (event.ctrlKey && event.key.toLowerCase() === "l") return () => void lock();
	if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
	switch (event.key) {
		case "F2":
			return () => {
				go({ screen: "search" });
				document.querySelector<HTMLInputElement>("#search-box")?.select();
			};
		case "F3":
			return () => go({ screen: "today" });
		case "F4":
			return () => go({ screen: "approvals" });
		case "F6":
			// On a customer's page its own history, and from there the whole log.
			return () => {
				const here = parseRoute(window.location.hash);
				go(here.screen === "customer" ? { screen: "history", customer: here.id } : { screen: "log" });
			};
		case "F7":
			return () => {
				const here = parseRoute(window.location.hash);
				go(here.screen === "customer" ? { screen: "guide", id: here.id } : { screen: "guide" });
			};
		case "F8":
			return () => go({ screen: "sync" });
		case "F12":
			return () => go({ screen: "report" });
		case "F11":
			return () => go({ screen: "sign-off" });
		case "F10":
			return () => go({ screen: "admin" });
		case "Escape":
			return back;
		default:
			return undefined;
	}
}

export function useActivity(): void {
	useEffect(() => {
		let last = 0;
		const active = () => {
			const now = performance.now();
			if (now - last < REPORT_EVERY_MS) return;
			last = now;
			desk.touch().catch(() => undefined);
		};
		active();
		window.addEventListener("keydown", active);
		window.addEventListener("pointerdown", active);
		return () => {
			window.removeEventListener("keydown", active);
			window.removeEventListener("pointerdown", active);
		};
	}, []);
}
