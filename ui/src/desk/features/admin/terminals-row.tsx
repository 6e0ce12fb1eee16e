// One terminal: where it stands, what the centre knows of it, and what head office may do with it now.
import type { TerminalView } from "../../../generated/desk";
import { dateTime, dayOf } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { terminalStateWord } from "../../../shared/text/words";
import { LineButton } from "../../line";

export function TerminalRow(props: {
	terminal: TerminalView;
	acts: boolean;
	busy: boolean;
	onInvite: (again: boolean) => void;
	onAsk: (what: "move" | "revoke") => void;
}) {
	const one = props.terminal;
	const live = one.state === "enrolled";
	return (
		<tr data-testid={`terminal-${one.label}`} data-state={one.state}>
			<td>
				{one.branchName}({one.branchCode})
			</td>
			<td>{one.label}</td>
			<td>
				{terminalStateWord(one.state)}
				{one.requestedBy && one.state === "requested" && (
					<small className="quiet"> {t("terminalRequestedBy", { name: one.requestedBy })}</small>
				)}
				{one.invitedUntil && (
					<small className="quiet"> {t("terminalInvitedUntil", { at: dateTime(one.invitedUntil) })}</small>
				)}
			</td>
			<td className="number">{live && (one.heardAt ? dateTime(one.heardAt) : t("terminalNotHeard"))}</td>
			<td>{live && one.version}</td>
			<td className="number">
				{live && one.heardAt && t("terminalWaitingCount", { waiting: one.waiting, refused: one.refused })}
			</td>
			<td>{live && one.certificateUntil && dayOf(one.certificateUntil)}</td>
			<td>
				{one.own && t("terminalOwn")}
				{props.acts && (
					<span className="buttons">
						{one.mayAuthorise && (
							<LineButton
								className="primary"
								disabled={props.busy}
								onClick={() => props.onInvite(false)}
								data-testid={`terminal-authorise-${one.label}`}
							>
								{t("terminalAuthorise")}
							</LineButton>
						)}
						{one.state === "invited" && (
							<LineButton
								disabled={props.busy}
								onClick={() => props.onInvite(true)}
								data-testid={`terminal-reinvite-${one.label}`}
							>
								{t("terminalReinvite")}
							</LineButton>
						)}
						{live && !one.own && (
							<LineButton onClick={() => props.onAsk("move")} data-testid={`terminal-move-${one.label}`}>
								{t("terminalMove")}
							</LineButton>
						)}
						{one.state !== "revoked" && !one.own && (
							<LineButton
								className="danger"
								onClick={() => props.onAsk("revoke")}
								data-testid={`terminal-revoke-${one.label}`}
							>
								{t(one.state === "requested" ? "terminalDismiss" : "terminalRevoke")}
							</LineButton>
						)}
					</span>
				)}
			</td>
		</tr>
	);
}
