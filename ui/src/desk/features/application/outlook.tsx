// While the form is typed: what an approval of it would end, asked of the desk, which asks the rules.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ApplicationForm, RequestKind } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { EndsTable } from "./ends-table";

/** Of these, those that are chosen end: before anybody is, there is nothing to say. */
const chosen: RequestKind[] = ["remove_users", "force_stop", "reissue"];

export function Outlook({ form }: { form: ApplicationForm }) {
	const { kind, contract, oldContract, cause, closingOn, openedOn, users } = form;
	const known = useQuery({
		queryKey: ["customers", "outlook", kind, contract, oldContract, cause, closingOn, openedOn, users],
		queryFn: () => desk.applicationOutlook(form),
		placeholderData: keepPreviousData,
	});
	const complete = users.length > 0 || !chosen.includes(kind);
	if (known.data && complete) return <EndsTable rows={known.data} />;
	return <p className="quiet">{known.error || !complete ? t("endsIncomplete") : ""}</p>;
}
