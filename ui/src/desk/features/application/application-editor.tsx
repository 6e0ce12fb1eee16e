// The application form: what the customer signed, and what was checked on the paper. Saved as a draft while typing.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { ApplicationForm, CustomerView, ErrorView } from "../../../generated/desk";
import { DeskError, desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { kindWord } from "../../../shared/text/words";
import { ErrorNote } from "../../../shared/ui/error-note";
import { back, go } from "../../route";
import { settled } from "../../settled";
import { PaperChecks } from "./paper-checks";
import { RequestFields } from "./request-fields";

const SAVE_AFTER_MS = 800;

type Props = {
	initial: ApplicationForm;
	customer: CustomerView;
	/** Why it was not accepted, where it was sent before. */
	refused?: ErrorView | null;
};

export function ApplicationEditor({ initial, customer, refused = null }: Props) {
	const [form, setForm] = useState(initial);
	const [savedAt, setSavedAt] = useState("");
	const sent = useRef(false);
	useEffect(() => {
		if (form === initial || sent.current) return;
		const timer = setTimeout(() => {
			if (sent.current) return;
			desk
				.saveDraft(form)
				.then(() =>
					setSavedAt(
						new Date().toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" }),
					),
				)
				.catch(() => setSavedAt(""));
		}, SAVE_AFTER_MS);
		return () => clearTimeout(timer);
	}, [form, initial]);
	const submit = useMutation({
		mutationFn: async () => {
			sent.current = true;
			return settled(await desk.submitApplication(form));
		},
		onSuccess: (result) =>
			go(
				result.state === "confirmed"
					? { screen: "application", id: form.applicationId }
					: { screen: "customer", id: form.customerId },
			),
		onError: () => {
			sent.current = false;
		},
	});
	const set = (change: Partial<ApplicationForm>) => setForm({ ...form, ...change });
	return (
		<main className="page" data-testid="application-form">
			<h1>
				{kindWord(form.kind)} <small>{customer.details?.name}</small>
			</h1>
			{refused && (
				<div data-testid="refused-before">
					<p className="quiet">{t("refusedBefore")}</p>
					<ErrorNote cause={new DeskError(refused)} />
				</div>
			)}
			<form
				className="form"
				onSubmit={(event) => {
					event.preventDefault();
					if (!submit.isPending) submit.mutate();
				}}
				onKeyDown={(event) => {
					if (event.key !== "Enter" || !event.ctrlKey) return;
					// In a text field the key would submit the form by itself as well.
					event.preventDefault();
					event.currentTarget.requestSubmit();
				}}
			>
				<RequestFields form={form} customer={customer} error={submit.error} onChange={set} />
				<PaperChecks form={form} error={submit.error} onChange={set} />
				<div className="buttons sticky">
					<ErrorNote cause={submit.error} />
					<button type="submit" className="primary" disabled={submit.isPending} data-testid="submit">
						{t("submit")} <kbd>Ctrl+Enter</kbd>
					</button>
					<button type="button" onClick={back}>
						{t("back")} <kbd>Esc</kbd>
					</button>
					<span className="quiet" role="status" data-testid="draft-saved">
						{savedAt && t("draftSaved", { time: savedAt })}
					</span>
				</div>
			</form>
		</main>
	);
}
