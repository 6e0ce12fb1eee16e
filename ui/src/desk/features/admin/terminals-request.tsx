// A new terminal is asked for by one of head office; a colleague agrees, and gets the invitation.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { asErrorView, desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { LineButton } from "../../line";

export function RequestTerminal() {
	const [branch, setBranch] = useState("");
	const [label, setLabel] = useState("");
	const request = useMutation({
		mutationFn: () => desk.requestTerminal(branch, label),
		onSuccess: () => setLabel(""),
	});
	const elsewhere = request.error && !asErrorView(request.error).args.field ? request.error : null;
	return (
		<form
			className="card"
			data-testid="terminal-request"
			onSubmit={(event) => {
				event.preventDefault();
				request.mutate();
			}}
		>
			<h2>{t("terminalRequest")}</h2>
			<p className="quiet">{t("terminalRequestLead")}</p>
			<div className="two">
				<Field
					label={t("terminalBranch")}
					value={branch}
					onText={setBranch}
					error={fieldError(request.error, "branch")}
					inputMode="numeric"
					data-testid="request-branch"
				/>
				<Field
					label={t("terminalLabel")}
					value={label}
					onText={setLabel}
					hint={t("terminalLabelHint")}
					error={fieldError(request.error, "label")}
					data-testid="request-label"
				/>
			</div>
			<ErrorNote cause={elsewhere} />
			<div className="buttons">
				<LineButton
					type="submit"
					className="primary"
					disabled={request.isPending || branch.trim() === "" || label.trim() === ""}
					data-testid="request-terminal"
				>
					{t("terminalRequest")}
				</LineButton>
			</div>
		</form>
	);
}
