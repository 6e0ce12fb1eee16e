// To whom and how the slip was handed over.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { CertificateView, HandoverMethod } from "../../../generated/desk";
import { dayShort, todayIso } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { handoverWord } from "../../../shared/text/words";
import { DayField } from "../../../shared/ui/day-field";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { settled } from "../approval/decide";

const methods: HandoverMethod[] = ["window", "registered_post", "sales_rep"];

export function HandoverForm({ right }: { right: CertificateView }) {
	const [method, setMethod] = useState<HandoverMethod>("window");
	const [recipient, setRecipient] = useState("");
	const [handedOn, setHandedOn] = useState(todayIso);
	const record = useMutation({
		mutationFn: () => desk.recordHandover(right.certificateId, method, handedOn, recipient).then(settled),
	});
	if (right.handover) {
		return (
			<section className="card" data-testid="handover-done">
				<h2>{t("handover")}</h2>
				<p>
					{handoverWord(right.handover.method)} <b>{right.handover.recipient ?? t("erased")}</b>{" "}
					{dayShort(right.handover.handedOn)} {right.handover.by}
				</p>
			</section>
		);
	}
	return (
		<section className="card">
			<h2>{t("handover")}</h2>
			<p className="quiet">{t("handoverLead")}</p>
			<form
				className="form"
				onSubmit={(event) => {
					event.preventDefault();
					record.mutate();
				}}
			>
				<div className="field">
					<label htmlFor="method">{t("handoverMethod")}</label>
					<select
						id="method"
						value={method}
						data-testid="handover-method"
						onChange={(event) => setMethod(event.target.value as HandoverMethod)}
					>
						{methods.map((one) => (
							<option key={one} value={one}>
								{handoverWord(one)}
							</option>
						))}
					</select>
				</div>
				<Field
					label={t("handoverRecipient")}
					value={recipient}
					onText={setRecipient}
					error={fieldError(record.error, "recipient")}
					data-testid="handover-recipient"
				/>
				<DayField
					label={t("handoverOn")}
					value={handedOn}
					onDay={setHandedOn}
					error={fieldError(record.error, "handed_on")}
					data-testid="handover-on"
				/>
				<ErrorNote cause={record.error} />
				<button type="submit" className="primary" disabled={record.isPending} data-testid="handover-record">
					{t("handoverRecord")}
				</button>
			</form>
		</section>
	);
}
