// The application form: what the customer signed, and what was checked on the paper. Saved as a draft while typing.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { ApplicationForm, CustomerView, ErrorView } from "../../../generated/desk";
import { DeskError, desk, onClosing } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { kindWord } from "../../../shared/text/words";
import { ErrorNote } from "../../../shared/ui/error-note";
import type { Draft } from "../../draft";
import { back, go } from "../../route";
import { settled } from "../../settled";
import { DraftNote } from "./draft-note";
import { PaperChecks } from "./paper-checks";
import { RequestFields } from "./request-fields";

type Props = {
	draft: Draft;
	customer: CustomerView;
	/** Why it was not accepted, where it was sent before. */
	refused?: ErrorView | null;
	onTyped?: (form: ApplicationForm) => void;
};

export function ApplicationEditor({ draft, customer, refused = null, onTyped }: Props) {
	const [form, setForm] = useState(draft.form);
	const kept = useSyncExternalStore(draft.subscribe, draft.kept);
	// Whichever way the screen goes, what was typed last goes with it.
	useEffect(() => {
		const leave = () => void draft.save();
		const stop = onClosing(leave);
		window.addEventListener("pagehide", leave);
		return () => {
			stop();
			window.removeEventListener("pagehide", leave);
			leave();
		};
	}, [draft]);
	const submit = useMutation({
		mutationFn: async () => {
			await draft.stop();
			return settled(await desk.submitApplication(draft.form));
		},
		onSuccess: (result) =>
			go(
				result.state === "confirmed"
					? { screen: "application", id: form.applicationId }
					: { screen: "customer", id: form.customerId },
			),
		onError: () => draft.resume(),
	});
	const set = (change: Partial<ApplicationForm>) => {
		const typed = { ...draft.form, ...change };
		draft.type(typed);
		setForm(typed);
		if (draft.changed) onTyped?.(typed);
	};
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
					<DraftNote kept={kept} />
				</div>
			</form>
		</main>
	);
}
