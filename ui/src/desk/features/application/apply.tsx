// A new application: fresh, or from a draft.
import type { RequestKind } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { ApplicationEditor } from "./application-editor";

export function Apply(props: { customer: string; kind?: string | undefined; draft?: string | undefined }) {
	const kind = (props.kind ?? "move_to_certificate") as RequestKind;
	// Read once: while somebody types, an announcement must not replace the form.
	const form = useDesk("status", ["form", window.location.hash, "fixed"], async () => {
		if (props.draft) {
			const drafts = await desk.drafts();
			const found = drafts.find((draft) => draft.applicationId === props.draft);
			if (found) return found.form;
		}
		return desk.newApplication(props.customer, kind);
	});
	const customer = useDesk("customers", [props.customer], () => desk.customer(props.customer));
	// A form that the centre did not accept says why, with the input as it was.
	const refused = props.draft
		? customer.data?.pending.find((item) => item.state === "refused" && item.draft?.applicationId === props.draft)
		: undefined;
	if (form.data && customer.data)
		return <ApplicationEditor initial={form.data} customer={customer.data} refused={refused?.error ?? null} />;
	return (
		<main className="page">
			{form.error || customer.error ? <ErrorNote cause={form.error ?? customer.error} /> : <p>{t("loading")}</p>}
		</main>
	);
}
