// Entry of the staff's window.
import "@fontsource/biz-udpgothic/400.css";
import "@fontsource/biz-udpgothic/700.css";
import "./style.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Frame } from "./frame/frame";

// The desk answers from its own replica: there is no network to wait for, and changes are announced by events.
const client = new QueryClient({
	defaultOptions: {
		queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false, staleTime: 0 },
		mutations: { networkMode: "always", retry: false },
	},
});

const root = document.getElementById("root");
if (root) {
	createRoot(root).render(
		<StrictMode>
			<QueryClientProvider client={client}>
				<Frame />
			</QueryClientProvider>
		</StrictMode>,
	);
}
