// The letters of the first screen are there before it is painted. A page that is painted without them is laid out twice, the first
// time with whatever font for Japanese the system has, and those are large.
import type { QueryClient } from "@tanstack/react-query";
import type { Status } from "../generated/desk";
import { desk } from "../shared/ipc";
import { t } from "../shared/text/ja";

/** The first screen of most starts, in its own words. */
const words = [
	"app",
	"starting",
	"startingLead",
	"signInLead",
	"signInOffline",
	"staffId",
	"password",
	"signIn",
] as const;
/** Nobody looks at an empty window for longer than this, in milliseconds. */
const PATIENCE = 500;

const letters = (text: string) =>
	Promise.allSettled([400, 700].map((weight) => document.fonts.load(`${weight} 1em "BIZ UDPGothic"`, text)));

async function all(client: QueryClient): Promise<void> {
	const status = client.fetchQuery<Status>({ queryKey: ["status"], queryFn: desk.status });
	const names = status.then((shown) => letters(JSON.stringify(shown))).catch(() => undefined);
	await Promise.all([letters(words.map((word) => t(word)).join("")), names]);
}

export const firstLetters = (client: QueryClient): Promise<void> =>
	Promise.race([all(client), new Promise<void>((late) => setTimeout(late, PATIENCE))]);
