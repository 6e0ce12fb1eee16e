// What one person of head office has asked for and another one has to agree to.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ProposalView, StaffRow } from "../../../../generated/desk";
import { dateTime, dayShort } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { changeWord } from "../../../../shared/text/staff-words";
import { roleWord } from "../../../../shared/text/words";
import { LineButton } from "../../../line";
import { ProposalDialog } from "../proposal-dialog";
import type { Handed } from "./staff";

type Open = { row: StaffRow; proposal: ProposalView };
type Asked = Open & { agree: boolean };

/** What it would come to, in a few words. */
export function proposed(proposal: ProposalView): string {
	const branch = proposal.branchName || proposal.branchCode;
	const words = [changeWord(proposal.change)];
	if (proposal.role) words.push(`${roleWord(proposal.role)} ${branch}(${proposal.branchCode})`);
	else if (branch) words.push(`${branch}(${proposal.branchCode})`);
	if (proposal.from) words.push(`${dayShort(proposal.from)}〜${dayShort(proposal.until)}`);
	return words.join(" ");
}

export function StaffProposals(props: { rows: StaffRow[]; mayChange: boolean; onHanded: (handed: Handed) => void }) {
	const [asked, setAsked] = useState<Asked | null>(null);
	const open = props.rows.flatMap((row) => (row.proposal ? [{ row, proposal: row.proposal }] : []));
	if (open.length === 0) return null;
	return (
		<section className="card" data-testid="staff-proposals">
			<h2>{t("staffProposals", { count: open.length })}</h2>
			<p className="quiet">{t("staffProposalsLead")}</p>
			<table className="dense">
				<tbody>
					{open.map(({ row, proposal }) => (
						<tr key={row.staffId} data-testid={`proposal-${row.staffId}`}>
							<td>
								{row.name}({row.staffId})
							</td>
							<td>
								<b>{proposed(proposal)}</b>
								<small className="under">{t("staffProposedBy", { by: proposal.by, at: dateTime(proposal.at) })}</small>
							</td>
							<td>
								{props.mayChange && (
									<span className="together">
										{proposal.own || row.own ? (
											<small className="quiet">{t(row.own ? "staffProposalSelf" : "staffProposalOwn")}</small>
										) : (
											<LineButton
												className="primary"
												onClick={() => setAsked({ row, proposal, agree: true })}
												data-testid={`confirm-${row.staffId}`}
											>
												{t("staffConfirm")}
											</LineButton>
										)}
										{!row.own && (
											<LineButton
												onClick={() => setAsked({ row, proposal, agree: false })}
												data-testid={`dismiss-${row.staffId}`}
											>
												{t("staffDismiss")}
											</LineButton>
										)}
									</span>
								)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{asked && <Answer asked={asked} onHanded={props.onHanded} onClose={() => setAsked(null)} />}
		</section>
	);
}

function Answer({
	asked,
	onHanded,
	onClose,
}: {
	asked: Asked;
	onHanded: (handed: Handed) => void;
	onClose: () => void;
}) {
	const { row, proposal, agree } = asked;
	const answer = useMutation({
		mutationFn: () =>
			desk.administerStaff(row.staffId, row.version, { type: agree ? "confirm" : "dismiss", number: proposal.number }),
		onSuccess: ({ temporary }) => {
			onClose();
			if (temporary) onHanded({ staffId: row.staffId, name: row.name, temporary });
		},
	});
	const title = t(agree ? "staffConfirm" : "staffDismiss");
	const gives = proposal.change === "add" || proposal.change === "reset_password";
	return (
		<ProposalDialog
			title={title}
			about={`${row.name}(${row.staffId})`}
			proposed={proposed(proposal)}
			by={proposal.by}
			at={proposal.at}
			danger={!agree}
			disabled={answer.isPending}
			cause={answer.error}
			testid="proposal"
			onAnswer={() => answer.mutate()}
			onClose={onClose}
		>
			{row.resetBy && row.resetAt && (
				<p className="quiet">{t("staffResetLast", { by: row.resetBy, at: dateTime(row.resetAt) })}</p>
			)}
			<p>{t(agree ? (gives ? "staffConfirmGives" : "staffConfirmLead") : "staffDismissLead")}</p>
		</ProposalDialog>
	);
}
