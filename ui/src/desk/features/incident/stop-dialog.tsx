// 緊急停止: stop first, ask afterwards. F9, (the user ID by arrow key,) the cause by digit, Enter.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { CustomerView, IncidentCause } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { composing } from "../../../shared/keyboard";
import { t } from "../../../shared/text/ja";
import { causes, causeWord } from "../../../shared/text/words";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { ErrorNote } from "../../../shared/ui/error-note";
import { settled } from "../approval/decide";
import { ReportForm } from "./report-form";

export function StopDialog({ customer, onClose }: { customer: CustomerView; onClose: () => void }) {
	const scopes = customer.contracts.flatMap((contract) => [
		{ key: contract.number, contract: contract.number, user: null as string | null, label: t("stopContract") },
		...contract.users
			.filter((user) => user.certificate !== null)
			.map((user) => ({
				key: user.userId,
				contract: contract.number,
				user: user.userId as string | null,
				label: user.deviceLabel,
			})),
	]);
	const [scope, setScope] = useState(scopes[0]?.key ?? "");
	const [cause, setCause] = useState<IncidentCause | null>(null);
	const stop = useMutation({
		mutationFn: () => {
			const chosen = scopes.find((one) => one.key === scope);
			if (!chosen || !cause) return Promise.reject(new Error("nothing chosen"));
			return desk.suspend(customer.customerId, cause, chosen.contract, chosen.user).then(settled);
		},
	});
	if (stop.data?.receipt) {
		return (
			<Dialog title={t("stopDone")} onClose={onClose} testid="stop-done">
				<p className="note note-good">{t("stopDoneLead")}</p>
				<ReportForm incident={stop.data.receipt} onDone={onClose} />
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
					<b>{customer.details?.name ?? t("erased")}</b> {t("stopLead")}
				</p>
				<fieldset>
					<legend>{t("stopWhat")}</legend>
					{scopes.map((one, index) => (
						<label key={one.key} className="choice">
							<input
								type="radio"
								name="scope"
								value={one.key}
								checked={scope === one.key}
								autoFocus={index === 0}
								onChange={() => setScope(one.key)}
								data-testid={`stop-scope-${one.key}`}
							/>
							<code>{one.user ?? one.contract}</code> {one.label}
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
				<ErrorNote cause={stop.error} />
				<DialogAnswer danger disabled={!cause || stop.isPending} testid="stop-now" onClose={onClose}>
					{t("stopNow")} <kbd>Enter</kbd>
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
