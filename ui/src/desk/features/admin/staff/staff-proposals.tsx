// What one person of head office has asked for and another one has to agree to.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ProposalView, StaffRow } from "../../../../generated/desk";
import { dateTime, dayShort } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { changeWord } from "../../../../shared/text/staff-words";
import { roleWord } from "../../../../shared/text/words";
import { ProposalDialog } from "../proposal-dialog";
import { ProposalsCard } from "../proposals-card";
import type { Handed } from "./staff";

type Asked = { row: StaffRow; proposal: ProposalView; agree: boolean };

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
		<ProposalsCard
			lead="staffProposalsLead"
			waiting={open.map(({ row, proposal }) => ({
				id: row.staffId,
				about: `${row.name}(${row.staffId})`,
				proposed: proposed(proposal),
				by: proposal.by,
				at: proposal.at,
				cannotAgree: row.own ? "staffProposalSelf" : proposal.own ? "staffProposalOwn" : undefined,
				mayDismiss: !row.own,
			}))}
			decides={props.mayChange}
			testid="staff-proposals"
			onAsk={(staffId, agree) => {
				const one = open.find(({ row }) => row.staffId === staffId);
				if (one) setAsked({ ...one, agree });
			}}
		>
			{asked && <Answer asked={asked} onHanded={props.onHanded} onClose={() => setAsked(null)} />}
		</ProposalsCard>
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
