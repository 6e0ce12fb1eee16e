// The entries that fit a filter, a page at a time, as of one size of the log: pages stay where they are while it grows.
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { LogFilter, LogLine } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";

const PAGE = 100;

export type Found = {
	total: number;
	/** Entries that fit and came since. */
	newer: number;
	/** More customers than so many have a number that begins with the text; nothing of the others is among these. */
	cut: number | null;
	error: Error | null;
	pending: boolean;
	line: (offset: number) => LogLine | undefined;
	/** Shows what came since. */
	renew: () => void;
};

/** Reads the pages of the entries from `first` on. While the newest are shown, what comes is shown as well. */
export function useFound(filter: LogFilter, first: number, count: number): Found {
	const [asOf, setAsOf] = useState<number | null>(null);
	// Read again whenever the desk announces that the log grew.
	const head = useQuery({
		queryKey: ["log", "head", filter],
		queryFn: () => desk.logPage(filter, null, 0, 1),
		placeholderData: keepPreviousData,
	});
	const newest = head.data;
	useEffect(() => {
		if (newest && (asOf === null || first === 0)) setAsOf(newest.asOf);
	}, [newest, asOf, first]);
	const pages = [...Array(Math.floor((first + count) / PAGE) - Math.floor(first / PAGE) + 1).keys()].map(
		(page) => page + Math.floor(first / PAGE),
	);
	const reads = useQueries({
		queries: pages.map((page) => ({
			queryKey: ["log-page", filter, asOf, page],
			queryFn: () => desk.logPage(filter, asOf, page * PAGE, PAGE),
			enabled: asOf !== null,
			staleTime: Number.POSITIVE_INFINITY,
			gcTime: 60_000,
		})),
	});
	const shown = reads.find((read) => read.data)?.data;
	const total = shown?.total ?? newest?.total ?? 0;
	return {
		total,
		cut: (shown ?? newest)?.cut ?? null,
		newer: Math.max(0, (newest?.total ?? 0) - total),
		error: head.error ?? reads.find((read) => read.error)?.error ?? null,
		pending: head.isPending,
		line: (offset) => reads[pages.indexOf(Math.floor(offset / PAGE))]?.data?.lines[offset % PAGE],
		renew: () => setAsOf(newest?.asOf ?? null),
	};
}
