// In which language a member of staff reads the screens: each person's own choice, remembered on this PC. Paper and what
// customers get stays Japanese.
import { useSyncExternalStore } from "react";

export type Language = "ja" | "en";

const KEY = "language";
const listeners = new Set<() => void>();
let current: Language = remembered("");

function remembered(staff: string): Language {
	try {
		return window.localStorage.getItem(`${KEY}/${staff}`) === "en" ? "en" : "ja";
	} catch {
		// No storage: the choice lasts until the app ends.
		return "ja";
	}
}

function show(next: Language): void {
	if (next === current) return;
	current = next;
	document.documentElement.lang = next;
	for (const listener of listeners) listener();
}

export const language = (): Language => current;

/** Chooses for this person, and for the next one who signs in here without a choice. */
export function choose(next: Language, staff: string): void {
	try {
		for (const whose of [staff, ""]) window.localStorage.setItem(`${KEY}/${whose}`, next);
	} catch {
		// As above.
	}
	show(next);
}

/** Whoever works here now reads what they chose. */
export function readFor(staff: string): void {
	try {
		if (window.localStorage.getItem(`${KEY}/${staff}`) !== null) show(remembered(staff));
	} catch {
		// As above.
	}
}

const subscribe = (changed: () => void) => {
	listeners.add(changed);
	return () => listeners.delete(changed);
};

export const useLanguage = (): Language => useSyncExternalStore(subscribe, language);
