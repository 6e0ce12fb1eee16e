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
import { Field, SelectField } from "../../../shared/ui/field";
import { LineButton } from "../../line";
import { settled } from "../../settled";

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
				<SelectField
					label={t("handoverMethod")}
					value={method}
					options={methods.map((one) => [one, handoverWord(one)] as const)}
					testid="handover-method"
					onPick={(one) => one && setMethod(one)}
				/>
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
				<LineButton type="submit" className="primary" disabled={record.isPending} data-testid="handover-record">
					{t("handoverRecord")}
				</LineButton>
			</form>
		</section>
	);
}
