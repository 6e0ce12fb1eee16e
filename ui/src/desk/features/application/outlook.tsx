// While the form is typed: what an approval of it would end, asked of the desk, which asks the rules.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ApplicationForm } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { EndsTable } from "./ends-table";

export function Outlook({ form }: { form: ApplicationForm }) {
	const { kind, contract, oldContract, cause, closingOn, openedOn, users } = form;
	const known = useQuery({
		queryKey: ["customers", "outlook", kind, contract, oldContract, cause, closingOn, openedOn, users],
		queryFn: () => desk.applicationOutlook(form),
		placeholderData: keepPreviousData,
	});
	if (known.data) return <EndsTable rows={known.data} />;
	return <p className="quiet">{known.error ? t("endsIncomplete") : ""}</p>;
}
