// The history of one customer or certificate as a time line, oldest day first.
import type { LogFilter, LogLine } from "../../../generated/desk";
import { dateTime, dayOf } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { MadeAt } from "../../../shared/ui/made-at";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";
import { everything } from "./log";
import { what, who } from "./words";

/** Entries of a time line; a customer with more is looked through in 発行ログ. */
const MOST = 500;

function byDay(lines: LogLine[]): [string, LogLine[]][] {
	const days = new Map<string, LogLine[]>();
	for (const line of lines) days.set(dayOf(line.at), [...(days.get(dayOf(line.at)) ?? []), line]);
	return [...days];
}

export function History({
	customer,
	certificate,
}: {
	customer?: string | undefined;
	certificate?: string | undefined;
}) {
	const filter: LogFilter = { ...everything, customer: customer ?? null, certificate: certificate ?? null };
	const read = useDesk("log", ["history", filter], () => desk.logPage(filter, null, 0, MOST));
	const lines = [...(read.data?.lines ?? [])].reverse();
	const first = lines[0];
	return (
		<main className="page" data-testid="history">
			<h1>
				{t(certificate ? "historyCertificate" : "historyCustomer")}
				<small>
					{first?.customerName} {certificate && first?.userId}
				</small>
			</h1>
			<ErrorNote cause={read.error} />
			{read.data && lines.length === 0 && <Empty title={t("historyNone")} />}
			{read.data && read.data.total > MOST && (
				<p className="note note-warn">{t("historyLong", { shown: MOST, total: read.data.total })}</p>
			)}
			<ol className="timeline">
				{byDay(lines).map(([day, entries]) => (
					<li key={day}>
						<h2 className="number">{day}</h2>
						<ul>
							{entries.map((line) => (
								<li key={line.index} data-testid="history-entry" data-events={line.events.join(" ")}>
									<a href={formatRoute({ screen: "log-entry", index: line.index })}>
										<time className="number" dateTime={line.at}>
											{dateTime(line.at).split(" ")[1]}
										</time>{" "}
										<b>{what(line)}</b>
									</a>{" "}
									<MadeAt madeAt={line.madeAt} offline={line.offline} />
									<small className="under">
										{[line.userId, line.receipt, who(line), line.terminalLabel]
											.filter((part) => part !== "")
											.join(" ・ ")}
									</small>
								</li>
							))}
						</ul>
					</li>
				))}
			</ol>
		</main>
	);
}
