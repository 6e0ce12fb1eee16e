// A returned application, corrected and sent again.
import { useState } from "react";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { ApplicationEditor } from "./application-editor";

export function Correct({ id }: { id: string }) {
	const [opened] = useState(() => Date.now());
	const form = useDesk("status", ["form", id, opened], () => desk.applicationForm(id));
	const customerId = form.data?.customerId ?? "";
	const customer = useDesk("customers", [customerId], () => desk.customer(customerId), customerId !== "");
	if (form.data && customer.data) return <ApplicationEditor initial={form.data} customer={customer.data} />;
	return (
		<main className="page">
			{form.error || customer.error ? <ErrorNote cause={form.error ?? customer.error} /> : <p>{t("loading")}</p>}
		</main>
	);
}
