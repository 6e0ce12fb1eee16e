// A file of customers is taken over: chosen, sent and looked at, then written whole or not at all. How far it is, is asked for at the
// centre, so that it is shown after a look at another screen too.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ImportFileEncoding, ImportView, Status } from "../../../../generated/desk";
import { desk, refusal } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { ErrorNote } from "../../../../shared/ui/error-note";
import { SelectField } from "../../../../shared/ui/field";
import { LineButton } from "../../../line";
import { Progress } from "./progress";
import { counted, Report } from "./report";

/** Milliseconds between two questions. */
const EVERY = 500;
const busy = (view: ImportView | undefined) => view?.step === "looking" || view?.step === "writing";
const encodings = [
	["utf8", "UTF-8"],
	["shift_jis", "Shift_JIS"],
] as const;

export function Import({ status }: { status: Status }) {
	const decides = status.staff?.role === "head_office";
	const [encoding, setEncoding] = useState<ImportFileEncoding>("utf8");
	const client = useQueryClient();
	const again = () => client.invalidateQueries({ queryKey: ["import"] });
	const send = useMutation({ mutationFn: () => desk.importFile(encoding), onSettled: again });
	const begin = useMutation({
		mutationFn: (view: ImportView) => desk.importBegin(view.sha256, view.report?.rows ?? 0),
		onSettled: again,
	});
	const cancel = useMutation({ mutationFn: desk.importCancel, onSettled: again });
	const state = useQuery<ImportView, Error>({
		queryKey: ["import"],
		queryFn: desk.importState,
		enabled: decides,
		refetchInterval: ({ state: { data } }) => (busy(data) || send.isPending ? EVERY : false),
	});
	const view = state.data;
	const working = busy(view) || send.isPending || begin.isPending;
	const good = view?.step === "looked" && view.report && view.report.problemCount === 0 ? view : null;
	if (!decides) return <p>{t("adminNotYours")}</p>;
	return (
		<section className="card" data-testid="import">
			<h2>{t("importTitle")}</h2>
			<p>{t("importLead")}</p>
			<p className="quiet">{t("importWaits")}</p>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					send.mutate();
				}}
			>
				<SelectField
					label={t("importEncoding")}
					value={encoding}
					options={encodings}
					testid="import-encoding"
					onPick={(picked) => picked && setEncoding(picked)}
				/>
				<div className="buttons">
					<LineButton type="submit" className={good ? "" : "primary"} disabled={working} data-testid="import-choose">
						{t("importChoose")}
					</LineButton>
				</div>
			</form>
			<ErrorNote cause={send.error ?? begin.error ?? cancel.error ?? state.error} />
			{view && working && <Progress view={view} onCancel={() => cancel.mutate()} />}
			{view?.step === "failed" && view.failed && <ErrorNote cause={refusal(view.failed, view.failedArgs)} />}
			{view?.report && view.step === "looked" && <Report sha256={view.sha256} report={view.report} />}
			{good && (
				<div className="buttons">
					<LineButton
						className="danger"
						disabled={working}
						onClick={() => begin.mutate(good)}
						data-testid="import-begin"
					>
						{t("importBegin", { count: good.report?.rows ?? 0 })}
					</LineButton>
					<LineButton disabled={working} onClick={() => cancel.mutate()} data-testid="import-forget">
						{t("cancel")}
					</LineButton>
				</div>
			)}
			{view?.step === "written" && view.report && (
				<p className="note note-good" role="status" data-testid="import-written">
					{t("importWritten", counted(view.report))}
				</p>
			)}
		</section>
	);
}
