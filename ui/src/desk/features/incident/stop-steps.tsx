// The stop itself, for whomever it was found: scope, cause by digit, Enter; and what the caller said, afterwards.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { IncidentCause } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { composing } from "../../../shared/keyboard";
import { t } from "../../../shared/text/ja";
import { causes, causeWord } from "../../../shared/text/words";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { settled } from "../../settled";
import { StopError } from "./emergency";
import { ReportForm } from "./report-form";
import { StopQueued } from "./stop-queued";

export type StopScope = {
	contract: string;
	user: string | null;
	label: string;
	/** Known, but there is nothing to stop. */
	nothing?: boolean;
};

type Props = {
	customer: string;
	name: string;
	scopes: StopScope[];
	/** Another branch's customer, whom this desk does not hold. */
	elsewhere?: boolean;
	onClose: () => void;
};

const keyOf = (scope: StopScope) => scope.user ?? scope.contract;

export function StopSteps({ customer, name, scopes, elsewhere = false, onClose }: Props) {
	const [scope, setScope] = useState(scopes[0] ? keyOf(scopes[0]) : "");
	const [cause, setCause] = useState<IncidentCause | null>(null);
	const stop = useMutation({
		mutationFn: () => {
			const chosen = scopes.find((one) => keyOf(one) === scope);
			if (!chosen || !cause) return Promise.reject(new Error("nothing chosen"));
			return desk.suspend(customer, cause, chosen.contract, chosen.user).then(settled);
		},
	});
	const inForce = stop.data?.state === "confirmed";
	if (stop.data?.receipt) {
		return (
			<Dialog title={t(inForce ? "stopDone" : "stopQueuedTitle")} onClose={onClose} testid="stop-done">
				{inForce ? <p className="note note-good">{t("stopDoneLead")}</p> : <StopQueued />}
				<ReportForm incident={stop.data.receipt} elsewhere={elsewhere ? customer : undefined} onDone={onClose} />
			</Dialog>
		);
	}
	return (
		<Dialog title={t("stop")} onClose={onClose} testid="stop-dialog">
			<form
				className="stop"
				onKeyDown={(event) => {
					if (composing(event)) return;
					const chosen = causes[Number(event.key) - 1];
					if (chosen) setCause(chosen);
				}}
				onSubmit={(event) => {
					event.preventDefault();
					if (cause && !stop.isPending) stop.mutate();
				}}
			>
				<p>
					<b>{name}</b> {t("stopLead")}
				</p>
				<fieldset>
					<legend>{t("stopWhat")}</legend>
					{scopes.map((one, index) => (
						<label key={keyOf(one)} className="choice">
							<input
								type="radio"
								name="scope"
								value={keyOf(one)}
								checked={scope === keyOf(one)}
								autoFocus={index === 0}
								disabled={one.nothing}
								onChange={() => setScope(keyOf(one))}
								data-testid={`stop-scope-${keyOf(one)}`}
							/>
							<code>{keyOf(one)}</code> {one.label}
						</label>
					))}
				</fieldset>
				<fieldset>
					<legend>{t("stopCause")}</legend>
					{causes.map((one, index) => (
						<label key={one} className="choice">
							<input
								type="radio"
								name="cause"
								checked={cause === one}
								onChange={() => setCause(one)}
								data-testid={`stop-cause-${one}`}
							/>
							<kbd>{index + 1}</kbd> {causeWord(one)}
						</label>
					))}
				</fieldset>
				<p className="quiet">{t("stopMeaning")}</p>
				<StopError cause={stop.error} />
				<DialogAnswer danger disabled={!cause || stop.isPending} testid="stop-now" onClose={onClose}>
					{t("stopNow")} <kbd>Enter</kbd>
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
