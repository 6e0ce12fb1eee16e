// One list: read a page at a time, walked through with the arrow keys, exported with Ctrl+E.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { ListPage, TodayList } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { arrowStep } from "../../../shared/keyboard";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { ExportButton, Exported, useExport } from "../export/export-button";
import { ApplicationRows } from "./application-rows";
import { CertificateRows } from "./certificate-rows";
import { IncidentRows } from "./incident-rows";
import { lists } from "./lists";

function Rows({ list, pages }: { list: TodayList; pages: ListPage[] }) {
	switch (list) {
		case "waiting":
		case "returned":
		case "applications":
			return <ApplicationRows rows={pages.flatMap((page) => page.applications)} />;
		case "incidents":
		case "unconfirmed":
		case "papers_outstanding":
			return <IncidentRows rows={pages.flatMap((page) => page.incidents)} />;
		case "to_print":
		case "to_hand_over":
		case "not_fetched":
		case "being_fetched":
		case "ending":
			return <CertificateRows list={list} rows={pages.flatMap((page) => page.certificates)} />;
	}
}

const length = (page: ListPage) => page.certificates.length + page.incidents.length + page.applications.length;

/** Up and down from row to row; what is focused is the row's own link. Says whether there was anywhere to go. */
function walk(section: HTMLElement | null, step: number): boolean {
	const here = document.activeElement;
	if (!section || !(here === document.body || section.contains(here))) return false;
	const rows = [...section.querySelectorAll<HTMLElement>("[data-row]")];
	const place = rows.findIndex((row) => row.closest("tr")?.contains(here));
	const next = rows[Math.max(0, Math.min(rows.length - 1, place + step))];
	next?.focus();
	return next !== undefined;
}

export function ListSection({ list, chosen }: { list: TodayList; chosen: boolean }) {
	const section = useRef<HTMLElement>(null);
	const read = useInfiniteQuery({
		queryKey: ["customers", "list", list],
		initialPageParam: null as string | null,
		queryFn: ({ pageParam }) => desk.list(list, pageParam),
		getNextPageParam: (page) => page.next,
	});
	const exporting = useExport((how) => desk.exportList(list, how));
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (document.querySelector("dialog[open]")) return;
			const step = arrowStep(event.key);
			if (step && walk(section.current, step)) event.preventDefault();
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	}, []);
	// Whoever opened this list goes on with its first row. Only once: a change of the data must not move the focus.
	const waits = useRef(chosen);
	useEffect(() => {
		if (!waits.current || !read.data) return;
		waits.current = false;
		const first = section.current?.querySelector<HTMLElement>("[data-row]") ?? section.current;
		first?.focus();
	}, [read.data]);
	const pages = read.data?.pages ?? [];
	const empty = read.data !== undefined && pages.every((page) => length(page) === 0);
	return (
		<section ref={section} tabIndex={-1} data-testid={`list-${list}`}>
			<div className="list-head">
				<h2>{t(lists[list].label)}</h2>
				<ExportButton exporting={exporting} />
			</div>
			<ErrorNote cause={read.error} />
			<Exported exporting={exporting} />
			{empty ? <Empty title={t(lists[list].none)} next={t(lists[list].next)} /> : <Rows list={list} pages={pages} />}
			{read.hasNextPage && (
				<button
					type="button"
					onClick={() => read.fetchNextPage()}
					disabled={read.isFetchingNextPage}
					data-testid="list-more"
				>
					{t("listMore")}
				</button>
			)}
		</section>
	);
}
