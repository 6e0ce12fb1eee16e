// Which application of the queue stands on the right. It never becomes another one by itself: somebody else may decide what is being
// read here, and a key pressed in that moment must not decide the next one.
import { useRef } from "react";
import type { ApplicationView } from "../../../generated/desk";

export function useChosen(rows: ApplicationView[], selected: string | undefined) {
	const held = useRef<string | undefined>(undefined);
	const place = useRef(0);
	if (selected) held.current = selected;
	else if (rows.length === 0) held.current = undefined;
	else held.current ??= rows[0]?.applicationId;
	const found = rows.findIndex((row) => row.applicationId === held.current);
	if (found >= 0) place.current = found;
	const last = rows.length - 1;
	return {
		shown: rows[found],
		/** It waits no more, and others do. */
		gone: found < 0 && rows.length > 0,
		/** The one above or below; where the chosen one is gone, the one that took its place. */
		beside: (step: number) => rows[Math.max(0, Math.min(last, place.current + (found < 0 ? 0 : step)))],
		/** Where somebody who has decided the chosen one goes on. */
		next: rows[place.current + 1] ?? rows[place.current - 1],
	};
}
