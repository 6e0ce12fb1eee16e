// Refusing the check mark leads to resume or revoke, never to silence.
import type { IncidentView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { Dialog } from "../../../shared/ui/dialog";
import { ErrorNote } from "../../../shared/ui/error-note";

type Props = {
	incident: IncidentView;
	busy: boolean;
	error: unknown;
	onChoose: (what: "resume" | "revoke" | "paper") => void;
	onClose: () => void;
};

export function RefuseDialog({ incident, busy, error, onChoose, onClose }: Props) {
	const lost = incident.cause === "lost";
	const paper = incident.paperOn !== null;
	return (
		<Dialog title={t("checkMarkRefuse")} onClose={onClose} testid="refuse-dialog">
			<p>{t("checkMarkRefuseLead")}</p>
			{!lost && <p className="note note-warn">{t("refuseNotResumable")}</p>}
			{!paper && <p className="note note-warn">{t("refusePaperMissing")}</p>}
			<ErrorNote cause={error} />
			<div className="buttons">
				{lost && (
					<button type="button" className="primary" onClick={() => onChoose("resume")} data-testid="refuse-resume">
						{t("refuseResume")}
					</button>
				)}
				{!paper && (
					<button type="button" disabled={busy} onClick={() => onChoose("paper")} data-testid="refuse-paper">
						{t("paperReceived")}
					</button>
				)}
				<button
					type="button"
					className="danger"
					disabled={!paper}
					onClick={() => onChoose("revoke")}
					data-testid="refuse-revoke"
				>
					{t("refuseRevoke")}
				</button>
				<button type="button" onClick={onClose}>
					{t("cancel")}
				</button>
			</div>
		</Dialog>
	);
}
