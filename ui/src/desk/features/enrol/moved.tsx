// This terminal works for another branch now: what waits is sent, and what would be lost with the old branch's copy is named.
import { useMutation } from "@tanstack/react-query";
import type { ErrorView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";

export function Moved({ stopped }: { stopped: ErrorView }) {
	const leave = useMutation({ mutationFn: desk.leaveBehind });
	const count = (name: string) => Number(stopped.args[name] ?? 0);
	const left = count("refused") + count("drafts");
	return (
		<main className="centre-page" data-testid="moved">
			<h1>{t("moved")}</h1>
			<section className="card narrow">
				<p>{t("movedLead", { branch: stopped.args.branch ?? "", label: stopped.args.label ?? "" })}</p>
				{count("waiting") > 0 && (
					<p className="note note-warn" role="status" data-testid="moved-waiting">
						{t("movedWaiting", { count: count("waiting") })}
					</p>
				)}
				{count("waiting") === 0 && left > 0 && (
					<>
						<p className="note note-warn" data-testid="moved-left">
							{t("movedLeft", { refused: count("refused"), drafts: count("drafts") })}
						</p>
						<div className="buttons">
							<button
								type="button"
								className="danger"
								onClick={() => leave.mutate()}
								disabled={leave.isPending}
								data-testid="leave-behind"
							>
								{t("movedLeave")}
							</button>
						</div>
					</>
				)}
				<ErrorNote cause={leave.error} />
			</section>
		</main>
	);
}
