// The reason of a return or a rejection.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ApplicationView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { settled } from "./decide";

export function CommentDialog({
	application,
	reject,
	onClose,
}: {
	application: ApplicationView;
	reject: boolean;
	onClose: () => void;
}) {
	const [comment, setComment] = useState("");
	const { applicationId: id, customerVersion: version } = application;
	const send = useMutation({
		mutationFn: () =>
			(reject ? desk.rejectApplication(id, version, comment) : desk.returnApplication(id, version, comment)).then(
				settled,
			),
		onSuccess: onClose,
	});
	return (
		<Dialog title={reject ? t("reject") : t("returnIt")} onClose={onClose} testid="comment-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					send.mutate();
				}}
			>
				<p>{reject ? t("rejectLead") : t("commentLead")}</p>
				<label className="field" data-invalid={fieldError(send.error, "comment") ? true : undefined}>
					{t("comment")}
					<textarea
						value={comment}
						rows={3}
						autoFocus
						onChange={(event) => setComment(event.target.value)}
						data-testid="comment"
					/>
				</label>
				<ErrorNote cause={send.error} />
				<DialogAnswer danger={reject} disabled={send.isPending} testid="comment-send" onClose={onClose}>
					{reject ? t("reject") : t("returnIt")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
