// The terminals, for head office: one that was stolen is cut off from here, at once and for good.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Status, TerminalView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { type TextKey, t } from "../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { ErrorNote } from "../../../shared/ui/error-note";
import { LineButton } from "../../line";
import { useDesk } from "../../query";

const states: Record<string, TextKey> = {
	invited: "terminalInvited",
	enrolled: "terminalEnrolled",
	revoked: "terminalRevoked",
};

export function Terminals({ status }: { status: Status }) {
	const read = useDesk("log", ["terminals"], desk.terminals);
	const [asking, setAsking] = useState<TerminalView | null>(null);
	return (
		<section className="card" data-testid="terminals">
			<h2>{t("terminals")}</h2>
			<ErrorNote cause={read.error} />
			<table className="dense">
				<tbody>
					{read.data?.map((one) => (
						<tr key={one.terminalId}>
							<td>
								{one.branchName}({one.branchCode})
							</td>
							<td>{one.label}</td>
							<td>{t(states[one.state] ?? "unknown")}</td>
							<td>
								{one.own
									? t("terminalOwn")
									: status.staff?.role === "head_office" &&
										one.state !== "revoked" && (
											<LineButton
												className="danger"
												onClick={() => setAsking(one)}
												data-testid={`terminal-revoke-${one.label}`}
											>
												{t("terminalRevoke")}
											</LineButton>
										)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{asking && <RevokeDialog terminal={asking} onClose={() => setAsking(null)} />}
		</section>
	);
}

function RevokeDialog({ terminal, onClose }: { terminal: TerminalView; onClose: () => void }) {
	const revoke = useMutation({ mutationFn: () => desk.revokeTerminal(terminal.terminalId), onSuccess: onClose });
	return (
		<Dialog title={t("terminalRevoke")} onClose={onClose} testid="terminal-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					revoke.mutate();
				}}
			>
				<p>
					<b>
						{terminal.branchName}({terminal.branchCode}) {terminal.label}
					</b>
				</p>
				<p>{t("terminalRevokeLead")}</p>
				<ErrorNote cause={revoke.error} />
				<DialogAnswer danger disabled={revoke.isPending} testid="terminal-yes" onClose={onClose}>
					{t("terminalRevoke")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
