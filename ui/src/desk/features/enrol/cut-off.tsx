// This terminal was revoked: what was here is gone. It can be enrolled as another one.
import { useMutation } from "@tanstack/react-query";
import type { ErrorView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";

export function CutOff({ stopped }: { stopped: ErrorView }) {
	const again = useMutation({ mutationFn: desk.enrolAgain });
	const unsent = Number(stopped.args.unsent ?? 0);
	return (
		<main className="centre-page" data-testid="cut-off">
			<h1>{t("cutOff")}</h1>
			<section className="card narrow">
				<p>{t("cutOffLead")}</p>
				{unsent > 0 && <p className="note note-warn">{t("cutOffUnsent", { count: unsent })}</p>}
				<p>{t("cutOffNext")}</p>
				<ErrorNote cause={again.error} />
				<div className="buttons">
					<button type="button" onClick={() => again.mutate()} disabled={again.isPending} data-testid="enrol-again">
						{t("cutOffEnrol")}
					</button>
				</div>
			</section>
		</main>
	);
}
