// Branches: which there are, which will be merged into another, and 移管 of customers.
import { useState } from "react";
import type { BranchView, CarriedView, Status } from "../../../../generated/desk";
import { dateTime, dayShort } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { Empty } from "../../../../shared/ui/empty";
import { ErrorNote } from "../../../../shared/ui/error-note";
import { LineButton } from "../../../line";
import { useDesk } from "../../../query";
import { MergeDialog } from "./merge-dialog";
import { MoveCustomers } from "./move-customers";
import { Proposals } from "./proposals";
import { WithdrawDialog } from "./withdraw-dialog";

type Asking = { branch: BranchView; what: "merge" | "withdraw" };

export function Branches({ status }: { status: Status }) {
	const read = useDesk("log", ["branches"], desk.branches);
	const [asking, setAsking] = useState<Asking | null>(null);
	const decides = status.staff?.role === "head_office";
	const close = () => setAsking(null);
	return (
		<>
			<Proposals branches={read.data ?? []} decides={decides} />
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
								<td data-testid={`branch-state-${one.code}`}>
									{stateText(one)}
									{one.onTheirWay > 0 && (
										<small className="under">{t("branchOnTheirWay", { count: one.onTheirWay })}</small>
									)}
									{one.carried && <CarriedOut carried={one.carried} />}
								</td>
								<td>
									{decides && !one.merged && !one.proposal && (
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
			{decides && <MoveCustomers />}
			{asking?.what === "merge" && <MergeDialog branch={asking.branch} onClose={close} />}
			{asking?.what === "withdraw" && <WithdrawDialog branch={asking.branch} onClose={close} />}
		</>
	);
}

function CarriedOut({ carried }: { carried: CarriedView }) {
	const names = carried.stayed.map((one) => `${one.cif} ${one.name}`).join("、");
	const args = { day: dateTime(carried.at), into: carried.into, count: carried.moved, stayed: carried.stayed.length };
	return (
		<small className="under" data-testid="branch-carried">
			{t(carried.stayed.length > 0 ? "branchCarriedLeft" : "branchCarried", { ...args, names })}
		</small>
	);
}

function stateText(branch: BranchView): string {
	if (!branch.mergesInto || !branch.mergesOn) return t("branchOpen");
	const args = { into: branch.mergesInto, day: dayShort(branch.mergesOn) };
	if (!branch.merged) return t("branchWillMerge", args);
	return branch.customers > 0 ? t("branchMergedLeft", { ...args, count: branch.customers }) : t("branchMerged", args);
}
