// Branches: which there are, which will be merged into another, and 移管 of a customer.
import { useState } from "react";
import type { BranchView, Status } from "../../../../generated/desk";
import { dayShort } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { Empty } from "../../../../shared/ui/empty";
import { ErrorNote } from "../../../../shared/ui/error-note";
import { LineButton } from "../../../line";
import { useDesk } from "../../../query";
import { MergeDialog } from "./merge-dialog";
import { MoveCustomer } from "./move-customer";
import { WithdrawDialog } from "./withdraw-dialog";

type Asking = { branch: BranchView; what: "merge" | "withdraw" };

export function Branches({ status }: { status: Status }) {
	const read = useDesk("log", ["branches"], desk.branches);
	const [asking, setAsking] = useState<Asking | null>(null);
	const decides = status.staff?.role === "head_office";
	const close = () => setAsking(null);
	return (
		<>
			<section className="card" data-testid="branches">
				<h2>{t("branches")}</h2>
				<ErrorNote cause={read.error} />
				{read.data?.length === 0 && <Empty title={t("branchesNone")} next={t("branchesNoneNext")} />}
				<table className="dense">
					<tbody>
						{read.data?.map((one) => (
							<tr key={one.code} data-testid={`branch-${one.code}`}>
								<td>{one.code}</td>
								<td>
									{one.name}
									<br />
									<small>{one.kana}</small>
								</td>
								<td>{t("branchCustomers", { count: one.customers })}</td>
								<td data-testid={`branch-state-${one.code}`}>{stateText(one)}</td>
								<td>
									{decides && !one.merged && (
										<LineButton
											onClick={() => setAsking({ branch: one, what: one.mergesInto ? "withdraw" : "merge" })}
											data-testid={`branch-act-${one.code}`}
										>
											{t(one.mergesInto ? "branchWithdraw" : "branchMerge")}
										</LineButton>
									)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</section>
			{decides && <MoveCustomer />}
			{asking?.what === "merge" && <MergeDialog branch={asking.branch} onClose={close} />}
			{asking?.what === "withdraw" && <WithdrawDialog branch={asking.branch} onClose={close} />}
		</>
	);
}

function stateText(branch: BranchView): string {
	if (!branch.mergesInto || !branch.mergesOn) return t("branchOpen");
	const args = { into: branch.mergesInto, day: dayShort(branch.mergesOn) };
	if (!branch.merged) return t("branchWillMerge", args);
	return branch.customers > 0 ? t("branchMergedLeft", { ...args, count: branch.customers }) : t("branchMerged", args);
}
