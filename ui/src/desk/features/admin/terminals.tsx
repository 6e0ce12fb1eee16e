// The terminals, for head office: which there are, when they were heard, inviting one by two persons, letting one work
// elsewhere. One that was stolen is cut off from here, at once and for good.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { InvitationView, Status, TerminalView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { MoveDialog, RevokeDialog } from "./terminals-dialogs";
import { Invitation } from "./terminals-invitation";
import { RequestTerminal } from "./terminals-request";
import { TerminalRow } from "./terminals-row";

export type Asking = { what: "move" | "revoke"; terminal: TerminalView };

export function Terminals({ status }: { status: Status }) {
	const read = useDesk("log", ["terminals"], desk.terminals);
	const [asking, setAsking] = useState<Asking | null>(null);
	const [invited, setInvited] = useState<InvitationView | null>(null);
	const invite = useMutation({
		mutationFn: ({ terminalId, again }: { terminalId: string; again: boolean }) =>
			desk.inviteTerminal(terminalId, again),
		onSuccess: setInvited,
	});
	if (invited) return <Invitation invitation={invited} onDone={() => setInvited(null)} />;
	const headOffice = status.staff?.role === "head_office";
	return (
		<>
			<section className="card" data-testid="terminals">
				<h2>{t("terminals")}</h2>
				<ErrorNote cause={read.error ?? invite.error} />
				{read.data?.length === 0 && <Empty title={t("terminalsEmpty")} next={t("terminalsEmptyNext")} />}
				{read.data && read.data.length > 0 && (
					<table className="dense">
						<thead>
							<tr>
								<th>{t("branch")}</th>
								<th>{t("terminal")}</th>
								<th>{t("terminalState")}</th>
								<th>{t("terminalHeard")}</th>
								<th>{t("terminalVersion")}</th>
								<th>{t("terminalWaiting")}</th>
								<th>{t("terminalUntil")}</th>
								<th />
							</tr>
						</thead>
						<tbody>
							{read.data.map((one) => (
								<TerminalRow
									key={one.terminalId}
									terminal={one}
									acts={headOffice}
									busy={invite.isPending}
									onInvite={(again) => invite.mutate({ terminalId: one.terminalId, again })}
									onAsk={(what) => setAsking({ what, terminal: one })}
								/>
							))}
						</tbody>
					</table>
				)}
			</section>
			{headOffice && <RequestTerminal />}
			{asking?.what === "revoke" && <RevokeDialog terminal={asking.terminal} onClose={() => setAsking(null)} />}
			{asking?.what === "move" && <MoveDialog terminal={asking.terminal} onClose={() => setAsking(null)} />}
		</>
	);
}
