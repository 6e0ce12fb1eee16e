// A returned application, corrected and sent again: as it was sent, or as somebody left it half-corrected.
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { openDraft } from "../../draft";
import { useDesk, useOnce } from "../../query";
import { ApplicationEditor } from "./application-editor";

export function Correct({ id }: { id: string }) {
	const draft = useOnce(() =>
		openDraft(
			id,
			() => desk.applicationForm(id),
			(form) => form.resubmission,
		),
	);
	const customerId = draft.data?.form.customerId ?? "";
	const customer = useDesk("customers", [customerId], () => desk.customer(customerId), customerId !== "");
	if (draft.data && customer.data) return <ApplicationEditor draft={draft.data} customer={customer.data} />;
	return (
		<main className="page">
			{draft.error || customer.error ? <ErrorNote cause={draft.error ?? customer.error} /> : <p>{t("loading")}</p>}
		</main>
	);
}
