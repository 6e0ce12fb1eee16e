// The reason of a return, a rejection or a dismissal.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ActResult } from "../../../generated/desk";
import { composing } from "../../../shared/keyboard";
import { t } from "../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { settled } from "../../settled";

export function CommentDialog(props: {
	title: string;
	lead: string;
	danger: boolean;
	act: (comment: string) => Promise<ActResult>;
	onDone?: () => void;
	onClose: () => void;
}) {
	const [comment, setComment] = useState("");
	const send = useMutation({
		mutationFn: () => props.act(comment).then(settled),
		onSuccess: () => {
			props.onClose();
			props.onDone?.();
		},
	});
	return (
		<Dialog title={props.title} onClose={props.onClose} testid="comment-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					send.mutate();
				}}
			>
				<p>{props.lead}</p>
				<label className="field" data-invalid={fieldError(send.error, "comment") ? true : undefined}>
					{t("comment")}
					<textarea
						value={comment}
						rows={3}
						autoFocus
						onChange={(event) => setComment(event.target.value)}
						onKeyDown={(event) => {
							if (event.key !== "Enter" || !event.ctrlKey || event.repeat || composing(event.nativeEvent)) return;
							event.preventDefault();
							event.currentTarget.form?.requestSubmit();
						}}
						data-testid="comment"
					/>
				</label>
				<ErrorNote cause={send.error} />
				<DialogAnswer danger={props.danger} disabled={send.isPending} testid="comment-send" onClose={props.onClose}>
					{props.title}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
