// 緊急停止 of another branch's customer: by exact user ID or contract number, seeing name and states and nothing else.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { desk, refusal } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { certificateWord } from "../../../shared/text/words";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { useWhyNot } from "../../line";
import { StopError } from "./emergency";
import { StopSteps } from "./stop-steps";

export function StopElsewhere({ text, onClose }: { text: string; onClose: () => void }) {
	const [id, setId] = useState(text);
	const look = useMutation({ mutationFn: () => desk.stopTarget(id) });
	const why = useWhyNot();
	const found = look.data;
	if (found) {
		const branch = `${found.branchName}(${found.branchCode})`;
		const scopes = [
			{ contract: found.contract, user: null as string | null, label: t("stopContract") },
			...found.users.map((one) => ({
				contract: found.contract,
				user: one.userId as string | null,
				label: `${one.certificate ? certificateWord(one.certificate) : t("nothingToStop")} ${one.stopped ? t("stoppedAlready") : ""}`,
				nothing: !one.certificate,
			})),
		];
		return (
			<StopSteps
				customer={found.customerId}
				name={`${found.name || t("erased")} ${branch}`}
				scopes={scopes}
				elsewhere
				onClose={onClose}
			/>
		);
	}
	return (
		<Dialog title={t("elsewhere")} onClose={onClose} testid="elsewhere-dialog">
			<form
				className="form"
				onSubmit={(event) => {
					event.preventDefault();
					if (!look.isPending) look.mutate();
				}}
			>
				<p>{t("elsewhereLead")}</p>
				<Field
					label={t("elsewhereId")}
					value={id}
					onText={(typed) => {
						setId(typed);
						look.reset();
					}}
					error={fieldError(look.error, "id")}
					autoFocus
					data-testid="elsewhere-id"
				/>
				{!fieldError(look.error, "id") && (
					<StopError cause={why ? refusal(why === "whyNotSignIn" ? "sign_in_offline" : "offline") : look.error} />
				)}
				<DialogAnswer
					disabled={id.trim() === "" || look.isPending || why !== null}
					testid="elsewhere-look"
					onClose={onClose}
				>
					{t("elsewhereLook")} <kbd>Enter</kbd>
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
