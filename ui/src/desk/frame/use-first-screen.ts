// Says when a screen that takes input has been painted: the diagnostics tell how long the start took.
import { useEffect } from "react";
import { desk } from "../../shared/ipc";

export function useFirstScreen(takesInput: boolean) {
	useEffect(() => {
		if (!takesInput) return;
		// The first frame paints what was rendered; in the second it is on the screen.
		let frame = requestAnimationFrame(() => {
			frame = requestAnimationFrame(() => {
				desk.firstScreen().catch(() => undefined);
			});
		});
		return () => cancelAnimationFrame(frame);
	}, [takesInput]);
}
