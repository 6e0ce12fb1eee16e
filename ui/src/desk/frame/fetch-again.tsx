// 台帳の写しの取り直し: the way back where the replica can't be read, and what became of it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { LostRows, RefetchView, Status } from "../../generated/desk";
import { desk } from "../../shared/ipc";
import { type TextKey, t } from "../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../shared/ui/dialog";
import { ErrorNote } from "../../shared/ui/error-note";

/** Offered on the stop screen, and only where it helps: a log that contradicts itself is evidence. */
export function FetchAgain({ status }: { status: Status }) {
	const [asking, setAsking] = useState(false);
	if (status.stopped?.code !== "replica_unreadable") return null;
	return (
		<>
			<p>{t("fetchAgainLead")}</p>
			<button type="button" className="primary" onClick={() => setAsking(true)} data-testid="fetch-again">
				{t("fetchAgain")}
			</button>
			{asking && <Ask onClose={() => setAsking(false)} />}
		</>
	);
}

function Ask({ onClose }: { onClose: () => void }) {
	const begin = useMutation({ mutationFn: desk.fetchAgain, onSuccess: onClose });
	return (
		<Dialog title={t("fetchAgain")} onClose={onClose} testid="fetch-again-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					begin.mutate();
				}}
			>
				<p>{t("fetchAgainWhat")}</p>
				<ErrorNote cause={begin.error} />
				<DialogAnswer disabled={begin.isPending} testid="fetch-again-yes" onClose={onClose}>
					{t("fetchAgainYes")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}

const tables: Record<string, TextKey> = {
	outbox: "fetchedAgainOutbox",
	draft: "fetchedAgainDraft",
	offline_staff: "fetchedAgainStaff",
	epoch: "fetchedAgainSetAside",
	orphan: "fetchedAgainSetAside",
	meta: "fetchedAgainIdentity",
};

/** What was carried over and what was lost, until somebody has read it. */
export function FetchedAgain({ status }: { status: Status }) {
	const read = useMutation({ mutationFn: desk.refetchedRead });
	if (!status.refetched) return null;
	const { outbox, drafts, lost, keptAs }: RefetchView = status.refetched;
	return (
		<section className={lost.length > 0 ? "note note-error" : "note note-warn"} role="status" data-testid="refetched">
			<strong>{t("fetchedAgain", { outbox, drafts })}</strong>
			{lost.length > 0 && (
				<>
					<p>{t("fetchedAgainLost")}</p>
					<ul>
						{lost.map((rows) => (
							<li key={rows.what}>
								{t(tables[rows.what] ?? "fetchedAgainIdentity")} {howMany(rows)} {rows.rows.join("、")}
							</li>
						))}
					</ul>
				</>
			)}
			<small>{t("fetchedAgainKept", { file: keptAs })}</small>
			<ErrorNote cause={read.error} />
			{status.state === "open" && (
				<button type="button" onClick={() => read.mutate()} data-testid="refetched-read">
					{t("fetchedAgainRead")}
				</button>
			)}
		</section>
	);
}

function howMany({ count, more }: LostRows): string {
	if (!more) return t("fetchedAgainCount", { count });
	return count > 0 ? t("fetchedAgainAtLeast", { count }) : t("fetchedAgainUnknown");
}
