// 発行ログ: every act with who, when and at which terminal, newest first, a page at a time.
import { useInfiniteQuery } from "@tanstack/react-query";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { LogRow } from "./log-row";

const PAGE = 200;

export function Log() {
	const pages = useInfiniteQuery({
		queryKey: ["log", "pages"],
		initialPageParam: null as number | null,
		queryFn: ({ pageParam }) => desk.logPage(pageParam, PAGE),
		getNextPageParam: (page) => page.nextBefore,
	});
	const lines = pages.data?.pages.flatMap((page) => page.lines) ?? [];
	return (
		<main className="page" data-testid="log">
			<h1>
				{t("log")} <small>{t("logTotal", { count: pages.data?.pages[0]?.total ?? 0 })}</small>
			</h1>
			<p className="quiet">{t("logLead")}</p>
			<ErrorNote cause={pages.error} />
			{pages.data && lines.length === 0 && <Empty title={t("logNone")} />}
			<table className="dense">
				<thead>
					<tr>
						<th>{t("logIndex")}</th>
						<th>{t("logAt")}</th>
						<th>{t("logWhat")}</th>
						<th>{t("logWhom")}</th>
						<th>{t("logWho")}</th>
						<th>{t("logWhere")}</th>
					</tr>
				</thead>
				<tbody>
					{lines.map((line) => (
						<LogRow key={line.index} line={line} />
					))}
				</tbody>
			</table>
			{pages.hasNextPage && (
				<button type="button" onClick={() => pages.fetchNextPage()} disabled={pages.isFetchingNextPage}>
					{t("logMore")}
				</button>
			)}
		</main>
	);
}
