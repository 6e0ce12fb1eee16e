// 同期状態: is the centre in reach, is the log verified, what waits to be sent.
import { useMutation } from "@tanstack/react-query";
import { dateTime } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote, errorTitle } from "../../../shared/ui/error-note";
import { OutboxBadge } from "../../../shared/ui/state-badge";
import { useDesk } from "../../query";

export function Sync() {
	const read = useDesk("sync", [], desk.syncStatus);
	const now = useMutation({ mutationFn: desk.syncNow });
	const sync = read.data;
	if (!sync)
		return <main className="page">{read.error ? <ErrorNote cause={read.error} /> : <p>{t("loading")}</p>}</main>;
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
				<button type="button" onClick={() => now.mutate()} data-testid="sync-now">
					{t("syncNow")}
				</button>
			</section>
			<section>
				<h2>{t("syncWaiting")}</h2>
				{sync.outbox.length === 0 ? (
					<Empty title={t("syncNothingWaiting")} />
				) : (
					<table data-testid="outbox">
						<tbody>
							{sync.outbox.map((item) => (
								<tr key={item.commandId}>
									<td>
										<OutboxBadge state={item.state} />
									</td>
									<td>{dateTime(item.madeAt)}</td>
									<td>{item.customerName}</td>
									<td>{item.staffId}</td>
									<td>
										{t("tries")} {item.tries}
									</td>
									<td>{item.error && errorTitle(item.error)}</td>
									<td>
										{item.state === "refused" && (
											<button type="button" onClick={() => desk.refusedDismiss(item.commandId)}>
												{t("outboxDismiss")}
											</button>
										)}
									</td>
								</tr>
							))}
						</tbody>
					</table>
				)}
			</section>
		</main>
	);
}
