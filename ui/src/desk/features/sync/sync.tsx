// 同期状態: is the centre in reach, is the log verified, what waits to be sent, what was not accepted.
import { useMutation } from "@tanstack/react-query";
import type { OutboxItem } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { type TextKey, t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote, errorTitle } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { Check } from "./check";
import { Lost } from "./lost";
import { OutboxRow } from "./outbox-row";

export function Sync() {
	const read = useDesk("sync", [], desk.syncStatus);
	const now = useMutation({ mutationFn: desk.syncNow });
	const sync = read.data;
	if (!sync)
		return <main className="page">{read.error ? <ErrorNote cause={read.error} /> : <p>{t("loading")}</p>}</main>;
	const refused = sync.outbox.filter((item) => item.state === "refused");
	const waiting = sync.outbox.filter((item) => item.state !== "refused");
	return (
		<main className="page" data-testid="sync">
			<h1>{t("sync")}</h1>
			<section className="card">
				<p className="sync-verdict">
					{sync.online ? "●" : "○"} {sync.online ? t("online") : t("offline")} {sync.size > 0 && `/ ${t("syncOk")}`}
				</p>
				<p className="quiet">{t("syncLead")}</p>
				<dl className="wide">
					<dt>{t("syncSize")}</dt>
					<dd>
						{sync.size} / {Math.max(sync.centreSize, sync.size)}
					</dd>
					<dt>{t("syncRoot")}</dt>
					<dd>
						<code className="serial">{sync.root}</code>
					</dd>
					<dt>{t("syncContact")}</dt>
					<dd>{sync.lastContactAt ? dateTime(sync.lastContactAt) : "―"}</dd>
					<dt>{t("syncUrl")}</dt>
					<dd>{sync.centreUrl}</dd>
					<dt>{t("syncKey")}</dt>
					<dd>
						<code className="serial">{sync.logKey}</code>
					</dd>
				</dl>
				{sync.lastError && !sync.online && <p className="note note-warn">{errorTitle(sync.lastError)}</p>}
				<div className="buttons">
					<button type="button" onClick={() => now.mutate()} data-testid="sync-now">
						{t("syncNow")}
					</button>
				</div>
			</section>
			{refused.length > 0 && (
				<section>
					<h2>{t("syncRefused")}</h2>
					<p className="quiet">{t("syncRefusedLead")}</p>
					<Acts rows={refused} testid="refused" />
				</section>
			)}
			<Lost lines={sync.lost} />
			<section>
				<h2>{t("syncWaiting")}</h2>
				{waiting.length === 0 ? <Empty title={t("syncNothingWaiting")} /> : <Acts rows={waiting} testid="outbox" />}
			</section>
			{sync.done.length > 0 && (
				<details className="card">
					<summary data-testid="done-open">{t("syncDone", { count: sync.done.length })}</summary>
					<Acts rows={sync.done} testid="done" />
				</details>
			)}
			<Check check={sync.check} />
		</main>
	);
}

const columns: TextKey[] = ["outboxState", "outboxWhat", "name", "staffId", "outboxReason"];

function Acts({ rows, testid }: { rows: OutboxItem[]; testid: string }) {
	return (
		<table className="dense" data-testid={testid}>
			<thead>
				<tr>
					{columns.map((column) => (
						<th key={column}>{t(column)}</th>
					))}
					<th>
						<span className="visually-hidden">{t("outboxDeal")}</span>
					</th>
				</tr>
			</thead>
			<tbody>
				{rows.map((item) => (
					<OutboxRow key={item.commandId} item={item} />
				))}
			</tbody>
		</table>
	);
}
