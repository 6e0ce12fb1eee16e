// The sign-off itself: what is said about the exceptions, and one button. What was shown is what is signed.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { SignOffView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { LineButton } from "../../line";

export function SignForm({ view }: { view: SignOffView }) {
	const [comment, setComment] = useState("");
	const { branch, day, size, root } = view;
	const sign = useMutation({ mutationFn: () => desk.signOff({ branch, day, size, root, comment }) });
	return (
		<form
			className="card"
			onSubmit={(event) => {
				event.preventDefault();
				sign.mutate();
			}}
		>
			<label className="field" data-invalid={fieldError(sign.error, "comment") ? true : undefined}>
				{t("signOffComment")}
				{!view.commentNeeded && <span className="optional">{t("optional")}</span>}
				<textarea
					value={comment}
					rows={2}
					required={view.commentNeeded}
					onChange={(event) => setComment(event.target.value)}
					data-testid="sign-off-comment"
				/>
			</label>
			<ErrorNote cause={sign.error} />
			<div className="buttons">
				<LineButton type="submit" className="primary" disabled={sign.isPending} data-testid="sign-off-send">
					{t("signOffSign")}
				</LineButton>
				<span className="quiet">
					{t("signOffHeadAs", { size: view.size, words: view.words.slice(0, 4).join("、") })}
				</span>
			</div>
		</form>
	);
}
