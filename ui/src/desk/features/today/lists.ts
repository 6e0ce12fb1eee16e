// The lists of 今日の仕事: their names, counts and empty states, and in which order each role needs them.
import type { Counts, Role, TodayList } from "../../../generated/desk";
import type { TextKey } from "../../../shared/text/ja";

type List = { label: TextKey; none: TextKey; next: TextKey; count: (counts: Counts) => number | null };

export const lists: Record<TodayList, List> = {
	waiting: {
		label: "todayWaiting",
		none: "waitingNone",
		next: "waitingNoneNext",
		count: (counts) => counts.waitingForApproval,
	},
	returned: {
		label: "todayReturned",
		none: "returnedListNone",
		next: "returnedListNoneNext",
		count: (counts) => counts.returned,
	},
	to_print: {
		label: "todayPrint",
		none: "toPrintNone",
		next: "toPrintNoneNext",
		count: (counts) => counts.slipsToPrint,
	},
	to_hand_over: {
		label: "todayHandover",
		none: "toHandOverNone",
		next: "toHandOverNoneNext",
		count: (counts) => counts.slipsToHandOver,
	},
	not_fetched: {
		label: "todayNotFetched",
		none: "notFetchedNone",
		next: "notFetchedNoneNext",
		count: (counts) => counts.notFetched,
	},
	being_fetched: {
		label: "todayUnconfirmed",
		none: "beingFetchedNone",
		next: "beingFetchedNoneNext",
		count: (counts) => counts.unconfirmed,
	},
	ending: { label: "listEnding", none: "endingNone", next: "endingNoneNext", count: (counts) => counts.ending },
	incidents: {
		label: "listIncidents",
		none: "incidentsNone",
		next: "incidentsNoneNext",
		count: (counts) => counts.incidents,
	},
	unconfirmed: {
		label: "listUnconfirmed",
		none: "unconfirmedNone",
		next: "unconfirmedNoneNext",
		count: (counts) => counts.incidentsUnconfirmed,
	},
	papers_outstanding: {
		label: "listPapers",
		none: "papersNone",
		next: "papersNoneNext",
		count: (counts) => counts.incidentsWithoutPaper,
	},
	applications: {
		label: "listApplications",
		none: "applicationsListNone",
		next: "applicationsListNoneNext",
		// It is a register, not work that waits.
		count: () => null,
	},
};

const slips: TodayList[] = ["to_print", "to_hand_over", "not_fetched", "being_fetched"];
const stops: TodayList[] = ["unconfirmed", "incidents", "papers_outstanding"];
const judged: TodayList[] = [...stops, "waiting", "returned", ...slips, "ending", "applications"];

const orders: Record<Role, TodayList[]> = {
	teller: [
		"to_hand_over",
		"to_print",
		"returned",
		"not_fetched",
		"being_fetched",
		"papers_outstanding",
		"incidents",
		"unconfirmed",
		"waiting",
		"ending",
		"applications",
	],
	sales_rep: [
		"ending",
		"not_fetched",
		"to_hand_over",
		"returned",
		"papers_outstanding",
		"incidents",
		"unconfirmed",
		"to_print",
		"being_fetched",
		"waiting",
		"applications",
	],
	supervisor: ["waiting", ...stops, "returned", ...slips, "ending", "applications"],
	head_office: judged,
	auditor: judged,
};

export const orderFor = (role: Role | undefined): TodayList[] => orders[role ?? "teller"];

/** The list that is open when none was chosen: the first with work on it, or the first. */
export const firstList = (order: TodayList[], counts: Counts): TodayList =>
	order.find((list) => (lists[list].count(counts) ?? 0) > 0) ?? order[0] ?? "applications";

export const listOf = (name: string | undefined): TodayList | undefined =>
	(Object.keys(lists) as TodayList[]).find((list) => list === name);

/** The key that opens the n-th list: 1 to 9, then 0. */
export const keyOf = (place: number): string => (place < 10 ? String((place + 1) % 10) : "");
