// A proposal that waits for its second person: what it will do is shown before anybody confirms it.
import { useMutation } from "@tanstack/react-query";
import type { PolicyChangeView, PolicyView } from "../../../../generated/desk";
import { dateTime, dayShort } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { ErrorNote } from "../../../../shared/ui/error-note";
import { LineButton } from "../../../line";
import { useDesk } from "../../../query";
import { Outlook } from "./outlook";
import { PartsTable } from "./parts-table";

export function Waiting({ change, policy }: { change: PolicyChangeView; policy: PolicyView }) {
	const form = { parts: change.parts, effectiveOn: change.effectiveOn };
	const outlook = useDesk("log", ["policy-outlook", change.changeId], () => desk.policyOutlook(form), policy.mayDecide);
	const confirm = useMutation({ mutationFn: () => desk.confirmPolicy(change.changeId) });
	const withdraw = useMutation({ mutationFn: () => desk.withdrawPolicy(change.changeId) });
	const busy = confirm.isPending || withdraw.isPending;
	return (
		<section className="card" data-testid="policy-waiting">
			<h2>{t("policyWaiting")}</h2>
			<p>
				{t("policyProposedBy", { name: change.proposedBy, at: dateTime(change.proposedAt) })}{" "}
				<b>{t("policyFrom", { day: dayShort(change.effectiveOn) })}</b>
			</p>
			<PartsTable parts={change.parts} settings={policy.settings} />
			<ErrorNote cause={outlook.error} />
			{outlook.data && <Outlook lines={outlook.data} />}
			<ErrorNote cause={confirm.error ?? withdraw.error} />
			{policy.mayDecide && (
				<>
					{change.own && (
						<p className="quiet" data-testid="policy-own">
							{t("policyOwn")}
						</p>
					)}
					<div className="buttons">
						{!change.own && (
							<LineButton
								className="primary"
								disabled={busy || !outlook.data}
								onClick={() => confirm.mutate()}
								data-testid="policy-confirm"
							>
								{t("policyConfirm")}
							</LineButton>
						)}
						<LineButton disabled={busy} onClick={() => withdraw.mutate()} data-testid="policy-withdraw">
							{t("policyWithdraw")}
						</LineButton>
					</div>
				</>
			)}
		</section>
	);
}
