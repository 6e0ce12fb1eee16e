// Entry of the staff's window.
import "@fontsource/biz-udpgothic/400.css";
import "@fontsource/biz-udpgothic/700.css";
import "./style.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { useLanguage } from "../shared/text/language";
import { firstLetters } from "./first-letters";
import { Frame } from "./frame/frame";

// The desk answers from its own replica: there is no network to wait for, and changes are announced by events.
const client = new QueryClient({
	defaultOptions: {
		queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false, staleTime: 0 },
		mutations: { networkMode: "always", retry: false },
	},
});

/** Another language is another screen: nothing of the former one stays. */
function App() {
	return <Frame key={useLanguage()} />;
}

const root = document.getElementById("root");
if (root) {
	await firstLetters(client);
	createRoot(root).render(
		<StrictMode>
			<QueryClientProvider client={client}>
				<App />
			</QueryClientProvider>
		</StrictMode>,
	);
}
