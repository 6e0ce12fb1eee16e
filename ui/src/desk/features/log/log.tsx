// 発行ログ: every act with who, when and at which terminal, newest first, under any filter.
import { useCallback, useDeferredValue, useState } from "react";
import type { LogFilter } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { formatRoute, go } from "../../route";
import { ExportButton, Exported, useExport } from "../export/export-button";
import { asked, FilterBar } from "./filter-bar";
import { LogHeader, LogRow } from "./log-row";
import { Rows } from "./rows";
import { useFound } from "./use-found";

export const everything: LogFilter = {
	from: null,
	until: null,
	kind: null,
	staff: null,
	actor: null,
	terminal: null,
	branch: null,
	reason: null,
	text: null,
	customer: null,
	certificate: null,
};

// Kept while the window lives, so that Esc from an entry comes back to the same place.
let last = { filter: everything, text: "", first: 0, at: 0 };

export function Log() {
	const [here, setHere] = useState(last);
	const [room, setRoom] = useState(20);
	const put = useCallback((part: Partial<typeof last>) => {
		last = { ...last, ...part };
		setHere(last);
	}, []);
	const filter = useDeferredValue(asked(here.filter, here.text));
	const exporting = useExport((how) => desk.exportLog(filter, how));
	const found = useFound(filter, here.first, room);
	const narrowed = JSON.stringify(filter) !== JSON.stringify(everything);
	// It can only be a text of signs that say nothing.
	const textError = fieldError(found.error, "text") && t("logTextNothing");
	const top = { first: 0, at: 0 };
	const open = (at: number) => {
		const line = found.line(at);
		if (line) go({ screen: "log-entry", index: line.index });
	};
	return (
		<main className="page log" data-testid="log">
			<header className="title">
				<h1>
					{t("log")}{" "}
					<small data-testid="log-total">{t("logTotal", { count: found.total.toLocaleString("ja-JP") })}</small>
				</h1>
				<span className="push together">
					{found.newer > 0 && (
						<button
							type="button"
							onClick={() => {
								put(top);
								found.renew();
							}}
							data-testid="log-newer"
						>
							{t("logNewer", { count: found.newer })}
						</button>
					)}
					{narrowed && (
						<button type="button" onClick={() => put({ filter: everything, text: "", ...top })} data-testid="log-clear">
							{t("logClear")}
						</button>
					)}
					<ExportButton exporting={exporting} />
					<a className="button" href={formatRoute({ screen: "verify" })} data-testid="to-verify">
						{t("verify")}
					</a>
				</span>
			</header>
			<FilterBar
				filter={here.filter}
				text={here.text}
				textError={textError}
				onText={(text) => put({ text, ...top })}
				onFilter={(next) => put({ filter: next, ...top })}
			/>
			{!textError && <ErrorNote cause={found.error} />}
			{found.cut !== null && (
				<p className="note note-warn" role="status" data-testid="log-cut">
					{t("logCut", { count: found.cut })}
				</p>
			)}
			<Exported exporting={exporting} />
			{!found.pending && found.total === 0 && !found.error && (
				<Empty title={t(narrowed ? "logNoneFits" : "logNone")} {...(narrowed ? { next: t("logNoneFitsNext") } : {})} />
			)}
			<Rows
				total={found.total}
				height={3.1}
				label={t("log")}
				header={<LogHeader />}
				first={here.first}
				at={here.at}
				onFirst={(first) => put({ first })}
				onAt={(at) => put({ at })}
				onOpen={open}
				onRoom={setRoom}
				row={(offset) => (
					<LogRow
						key={offset}
						offset={offset}
						line={found.line(offset)}
						chosen={offset === here.at}
						onPick={() => put({ at: offset })}
					/>
				)}
			/>
			<p className="quiet">{t("logKeys")}</p>
		</main>
	);
}
