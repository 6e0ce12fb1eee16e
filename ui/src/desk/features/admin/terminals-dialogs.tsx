// What is asked once before a terminal is cut off, or works for another branch.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { TerminalView } from "../../../generated/desk";
import { asErrorView, desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";

function Which({ terminal }: { terminal: TerminalView }) {
	return (
		<p>
			<b>
				{terminal.branchName}({terminal.branchCode}) {terminal.label}
			</b>
		</p>
	);
}

export function RevokeDialog({ terminal, onClose }: { terminal: TerminalView; onClose: () => void }) {
	const revoke = useMutation({ mutationFn: () => desk.revokeTerminal(terminal.terminalId), onSuccess: onClose });
	return (
		<Dialog title={t("terminalRevoke")} onClose={onClose} testid="terminal-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					revoke.mutate();
				}}
			>
				<Which terminal={terminal} />
				<p>{t(terminal.state === "enrolled" ? "terminalRevokeLead" : "terminalDismissLead")}</p>
				<ErrorNote cause={revoke.error} />
				<DialogAnswer danger disabled={revoke.isPending} testid="terminal-yes" onClose={onClose}>
					{t(terminal.state === "requested" ? "terminalDismiss" : "terminalRevoke")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}

export function MoveDialog({ terminal, onClose }: { terminal: TerminalView; onClose: () => void }) {
	const [branch, setBranch] = useState(terminal.branchCode);
	const [label, setLabel] = useState(terminal.label);
	const move = useMutation({
		mutationFn: () => desk.moveTerminal(terminal.terminalId, branch, label),
		onSuccess: onClose,
	});
	const elsewhere = move.error && !asErrorView(move.error).args.field ? move.error : null;
	const kept = terminal.refused + terminal.drafts;
	return (
		<Dialog title={t("terminalMove")} onClose={onClose} testid="terminal-move-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					move.mutate();
				}}
			>
				<Which terminal={terminal} />
				<p>{t("terminalMoveLead")}</p>
				{terminal.waiting > 0 && (
					<p className="note note-warn">{t("terminalMoveWaiting", { count: terminal.waiting })}</p>
				)}
				{kept > 0 && (
					<p className="note note-warn">
						{t("terminalMoveKept", { refused: terminal.refused, drafts: terminal.drafts })}
					</p>
				)}
				<Field
					label={t("terminalBranch")}
					value={branch}
					onText={setBranch}
					error={fieldError(move.error, "branch")}
					inputMode="numeric"
					autoFocus
					data-testid="move-branch"
				/>
				<Field
					label={t("terminalLabel")}
					value={label}
					onText={setLabel}
					error={fieldError(move.error, "label")}
					data-testid="move-label"
				/>
				<ErrorNote cause={elsewhere} />
				<DialogAnswer danger disabled={move.isPending} testid="move-yes" onClose={onClose}>
					{t("terminalMove")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
