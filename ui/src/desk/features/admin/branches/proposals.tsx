// What one person of head office has asked for about branches, and another one has to agree to.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { BranchProposalView, BranchView } from "../../../../generated/desk";
import { dayShort } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { useDesk } from "../../../query";
import { ProposalDialog } from "../proposal-dialog";
import { ProposalsCard } from "../proposals-card";
import { Leaving } from "./leaving";
import { TakenAlong } from "./taken-along";

type Asked = { branch: BranchView; proposal: BranchProposalView; agree: boolean };

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
		<ProposalsCard
			lead="branchProposalsLead"
			waiting={open.map(({ branch, proposal }) => ({
				id: branch.code,
				about: `${branch.name}(${branch.code})`,
				proposed: proposed(proposal),
				by: proposal.by,
				at: proposal.at,
				cannotAgree: proposal.own ? "staffProposalOwn" : undefined,
				mayDismiss: true,
			}))}
			decides={decides}
			testid="branch-proposals"
			prefix="branch-"
			onAsk={(code, agree) => {
				const one = open.find(({ branch }) => branch.code === code);
				if (one) setAsked({ ...one, agree });
			}}
		>
			{asked && <Answer asked={asked} onClose={() => setAsked(null)} />}
		</ProposalsCard>
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
