// What the caller said, asked after the stop. It may wait: the stop does not depend on it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { parseJst } from "../../../shared/dates";
import { desk, refusal } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { settled } from "../../settled";

type Props = {
	incident: string;
	/** The customer, where it is another branch's. */
	elsewhere?: string | undefined;
	onDone: () => void;
};

export function ReportForm({ incident, elsewhere, onDone }: Props) {
	const [caller, setCaller] = useState("");
	const [phone, setPhone] = useState("");
	const [lost, setLost] = useState("");
	const [note, setNote] = useState("");
	const record = useMutation({
		mutationFn: () => {
			const lostAt = lost.trim() === "" ? "" : parseJst(lost);
			if (lostAt === null) throw refusal("date_out_of_range", { field: "lost_at" });
			const form = { caller, phone, note, lostAt };
			const recorded = elsewhere
				? desk.recordIncidentElsewhere(elsewhere, incident, form)
				: desk.recordIncident(incident, form);
			return recorded.then(settled);
		},
		onSuccess: onDone,
	});
	return (
		<form
			className="form"
			onSubmit={(event) => {
				event.preventDefault();
				record.mutate();
			}}
		>
			<Field
				label={t("caller")}
				value={caller}
				onText={setCaller}
				error={fieldError(record.error, "caller")}
				autoFocus
				data-testid="report-caller"
			/>
			<Field
				label={t("callBack")}
				value={phone}
				onText={setPhone}
				error={fieldError(record.error, "phone")}
				data-testid="report-phone"
			/>
			<Field
				label={t("lostAt")}
				optional
				hint={t("lostAtHint")}
				value={lost}
				onText={setLost}
				error={fieldError(record.error, "lost_at")}
				data-testid="report-lost-at"
			/>
			<Field
				label={t("reportNote")}
				optional
				value={note}
				onText={setNote}
				error={fieldError(record.error, "note")}
				data-testid="report-note"
			/>
			<ErrorNote cause={record.error} />
			<div className="buttons">
				<button type="submit" className="primary" disabled={record.isPending} data-testid="report-save">
					{t("reportSave")}
				</button>
				<button type="button" onClick={onDone} data-testid="report-later">
					{t("reportLater")}
				</button>
			</div>
		</form>
	);
}
