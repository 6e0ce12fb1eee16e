// What one person of head office has asked for about branches, and another one has to agree to.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { BranchProposalView, BranchView } from "../../../../generated/desk";
import { dateTime, dayShort } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { LineButton } from "../../../line";
import { useDesk } from "../../../query";
import { ProposalDialog } from "../proposal-dialog";
import { Leaving } from "./leaving";
import { TakenAlong } from "./taken-along";

type Open = { branch: BranchView; proposal: BranchProposalView };
type Asked = Open & { agree: boolean };

function proposed({ change, into, intoName, on, customers }: BranchProposalView): string {
	const args = { into: `${intoName}(${into ?? ""})`, day: on ? dayShort(on) : "", count: customers.length };
	if (change === "merge") return t("branchAskedMerge", args);
	return t(change === "withdraw_merger" ? "branchWithdraw" : "branchAskedMove", args);
}

export function Proposals({ branches, decides }: { branches: BranchView[]; decides: boolean }) {
	const [asked, setAsked] = useState<Asked | null>(null);
	const open = branches.flatMap((branch) => (branch.proposal ? [{ branch, proposal: branch.proposal }] : []));
	if (open.length === 0) return null;
	return (
		<section className="card" data-testid="branch-proposals">
			<h2>{t("staffProposals", { count: open.length })}</h2>
			<p className="quiet">{t("branchProposalsLead")}</p>
			<table className="dense">
				<tbody>
					{open.map((one) => (
						<Row key={one.branch.code} open={one} decides={decides} onAsk={(agree) => setAsked({ ...one, agree })} />
					))}
				</tbody>
			</table>
			{asked && <Answer asked={asked} onClose={() => setAsked(null)} />}
		</section>
	);
}

function Row({ open, decides, onAsk }: { open: Open; decides: boolean; onAsk: (agree: boolean) => void }) {
	const { branch, proposal } = open;
	return (
		<tr data-testid={`branch-proposal-${branch.code}`}>
			<td>
				{branch.name}({branch.code})
			</td>
			<td>
				<b>{proposed(proposal)}</b>
				<small className="under">{t("staffProposedBy", { by: proposal.by, at: dateTime(proposal.at) })}</small>
			</td>
			<td>
				{decides && (
					<span className="together">
						{proposal.own ? (
							<small className="quiet" data-testid={`branch-own-${branch.code}`}>
								{t("staffProposalOwn")}
							</small>
						) : (
							<LineButton className="primary" onClick={() => onAsk(true)} data-testid={`branch-confirm-${branch.code}`}>
								{t("staffConfirm")}
							</LineButton>
						)}
						<LineButton onClick={() => onAsk(false)} data-testid={`branch-dismiss-${branch.code}`}>
							{t("staffDismiss")}
						</LineButton>
					</span>
				)}
			</td>
		</tr>
	);
}

function Answer({ asked, onClose }: { asked: Asked; onClose: () => void }) {
	const { branch, proposal, agree } = asked;
	const moves = agree && proposal.change !== "withdraw_merger";
	const key = ["branch-proposal", branch.code, proposal.number];
	const outlook = useDesk("log", key, () => desk.branchProposalOutlook(branch.code), moves);
	const answer = useMutation({
		mutationFn: () =>
			agree
				? desk.confirmBranchChange(branch.code, proposal.number)
				: desk.dismissBranchChange(branch.code, proposal.number),
		onSuccess: onClose,
	});
	const title = t(agree ? "staffConfirm" : "staffDismiss");
	return (
		<ProposalDialog
			title={title}
			about={`${branch.name}(${branch.code})`}
			proposed={proposed(proposal)}
			by={proposal.by}
			at={proposal.at}
			danger={moves}
			disabled={answer.isPending || (moves && !outlook.data)}
			cause={answer.error ?? outlook.error}
			testid="branch-proposal"
			onAnswer={() => answer.mutate()}
			onClose={onClose}
		>
			{proposal.customers.length > 0 && <Leaving customers={proposal.customers} />}
			{outlook.data && <TakenAlong counts={outlook.data} />}
			{moves && <p>{t("moveLead")}</p>}
		</ProposalDialog>
	);
}
