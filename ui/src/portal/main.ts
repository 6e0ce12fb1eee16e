// Entry of the customer's pickup pages.
import "@digital-go-jp/design-tokens/dist/tokens.css";
import "@fontsource/biz-udpgothic/400.css";
import "@fontsource/biz-udpgothic/700.css";
import "./style.css";
import { portalApi } from "./api";
import { thisClient } from "./environment";
import { startJourney } from "./journey/journey";
import { openPendingStore } from "./keys/pending";
import { reacquireApi } from "./reacquire-api";
import { renewalApi } from "./renewal-api";
import { showPage } from "./screens/page";

/** Remembers nothing where the browser forbids it. */
const memory = {
	getItem: (key: string): string | null => {
		try {
			return localStorage.getItem(key);
		} catch {
			return null;
		}
	},
	setItem: (key: string, value: string): void => {
		try {
			localStorage.setItem(key, value);
		} catch {
			// The language is asked again next time.
		}
	},
};

const root = document.getElementById("page");
if (root) {
	const journey = startJourney({
		api: portalApi(),
		// The same page under another name, where the browser shows the present certificate.
		...(location.pathname.startsWith("/renewal") ? { renewal: renewalApi() } : {}),
		reacquire: (backup) => reacquireApi(backup, portalApi()),
		client: thisClient(navigator),
		powers: { secure: isSecureContext, crypto: typeof globalThis.crypto?.subtle?.generateKey === "function" },
		openStore: async () => openPendingStore(indexedDB),
		sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
	});
	showPage(root, journey, memory);
	void journey.begin();
}
