// The last screen before the one confirmation: what will be done to whom, when, and the reason relying parties are told.
import { useMutation } from "@tanstack/react-query";
import type { Answer, GuideEnd } from "../../../generated/desk";
import { desk, refusal } from "../../../shared/ipc";
import { confirmWord, effectWord, endTitle, noteWord, reasonWord, whenWord } from "../../../shared/text/guide-words";
import { t } from "../../../shared/text/ja";
import { causeWord, reissueCauseWord, userRoleWord } from "../../../shared/text/words";
import { ErrorNote } from "../../../shared/ui/error-note";
import { LineButton } from "../../line";
import { go } from "../../route";
import { settled } from "../../settled";
import { StopError } from "../incident/emergency";
import type { Finished } from "./guide";

type Props = {
	customer: string;
	answers: Answer[];
	end: GuideEnd;
	onActing: (acting: boolean) => void;
	onDone: (finished: Finished) => void;
};

/** Does it, or opens the screen on which it is done. */
async function act({ customer, answers, end, onDone }: Props): Promise<void> {
	switch (end.outcome) {
		case "suspend_now": {
			if (!end.cause || !end.contract) throw refusal("internal");
			const stopped = settled(await desk.suspend(customer, end.cause, end.contract, end.userId ?? null));
			onDone({ end, incident: stopped.receipt ?? null, inForce: stopped.state === "confirmed" });
			return;
		}
		case "reissue":
		case "remove_user":
		case "close_contract":
		case "recontract": {
			const form = await desk.guidedApplication(customer, answers);
			go({ screen: "apply", customer, kind: form.kind, draft: form.applicationId });
			return;
		}
		case "new_pickup_code":
			if (!end.certificateId || !end.applicationId) throw refusal("internal");
			go({ screen: "slip", id: end.certificateId, application: end.applicationId });
			return;
		case "settle_report":
			go({ screen: "customer", id: customer });
			return;
		case "restore":
		case "nothing_to_do":
			if (end.advice === null) {
				go({ screen: "customer", id: customer });
				return;
			}
			settled(await desk.recordAdvice(customer, answers));
			onDone({ end, incident: null, inForce: false });
	}
}

export function End(props: Props) {
	const { end } = props;
	const confirm = useMutation({
		mutationFn: () => act(props),
		onMutate: () => props.onActing(true),
		onSettled: () => props.onActing(false),
	});
	const danger = end.outcome === "suspend_now";
	const Confirm = end.outcome === "restore" || end.outcome === "nothing_to_do" ? LineButton : "button";
	return (
		<section className="card guide-end" data-testid="guide-end" data-outcome={end.outcome}>
			<h2>
				{endTitle(end)}{" "}
				<small>
					{end.cause && causeWord(end.cause)}
					{end.reissueCause && reissueCauseWord(end.reissueCause)}
				</small>
			</h2>
			{end.note && (
				<p className="note note-warn" data-testid="guide-note">
					{noteWord(end.note)}
				</p>
			)}
			{end.touched.length > 0 && (
				<table data-testid="guide-touched">
					<caption>{t("guideTouched")}</caption>
					<tbody>
						{end.touched.map((one, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: a user ID may stand here with its certificate and with a right
							<tr key={`${one.userId}-${index}`}>
								<td>
									<code>{one.userId}</code>
								</td>
								<td>{one.role && userRoleWord(one.role)}</td>
								<td>{one.deviceLabel || "―"}</td>
								<td>
									<b>{effectWord(one.effect)}</b>
								</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
			<dl className="wide">
				<dt>{t("guideTold")}</dt>
				<dd data-testid="guide-reason">
					{end.reason ? reasonWord(end.reason) : t(end.when ? "guideToldNew" : "guideToldNothing")}{" "}
					{end.later && t("guideLater", { reason: reasonWord(end.later) })}
				</dd>
				{end.when && (
					<>
						<dt>{t("guideWhen")}</dt>
						<dd>{whenWord(end.when)}</dd>
					</>
				)}
			</dl>
			{end.refusal && <ErrorNote cause={refusal(end.refusal)} />}
			{danger ? <StopError cause={confirm.error} /> : <ErrorNote cause={confirm.error} />}
			<div className="buttons">
				<Confirm
					className={danger ? "danger" : "primary"}
					autoFocus
					disabled={end.refusal !== null || confirm.isPending}
					onClick={() => confirm.mutate()}
					data-testid="guide-confirm"
				>
					{confirmWord(end)} <kbd>Enter</kbd>
				</Confirm>
				<span className="quiet">{t("guideOnce")}</span>
			</div>
		</section>
	);
}
