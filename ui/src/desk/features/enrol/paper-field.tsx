// The one line of the invitation's paper, pasted or sent by a QR reader: it fills the other fields.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { EnrolPaper } from "../../../generated/desk";
import { asErrorView, desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { errorTitle } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";

/** A reader types for a while: shorter than this it is not all there. */
const WHOLE = 100;

export function PaperField({ onPaper }: { onPaper: (paper: EnrolPaper) => void }) {
	const [text, setText] = useState("");
	const read = useMutation({ mutationFn: desk.enrolPaper, onSuccess: onPaper });
	return (
		<Field
			label={t("enrolPaper")}
			optional
			value={text}
			onText={(typed) => {
				setText(typed);
				if (typed.length >= WHOLE) read.mutate(typed);
				else read.reset();
			}}
			// A reader ends with Enter: the line is not the form.
			onKeyDown={(event) => {
				if (event.key === "Enter") event.preventDefault();
			}}
			hint={t("enrolPaperHint")}
			error={read.error ? errorTitle(asErrorView(read.error)) : undefined}
			data-testid="enrol-paper"
		/>
	);
}
