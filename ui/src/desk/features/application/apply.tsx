// A new application: fresh, or from a draft.
import type { ApplicationForm, RequestKind } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { openDraft } from "../../draft";
import { useDesk, useOnce } from "../../query";
import { parseRoute, rename } from "../../route";
import { ApplicationEditor } from "./application-editor";

/** Whoever comes back, after a lock or from another screen, finds what was typed. */
function nameAddress({ applicationId, customerId, kind }: ApplicationForm): void {
	const here = parseRoute(window.location.hash);
	if (here.screen === "apply" && here.customer === customerId && here.draft !== applicationId)
		rename({ screen: "apply", customer: customerId, kind, draft: applicationId });
}

export function Apply(props: { customer: string; kind?: string | undefined; draft?: string | undefined }) {
	const kind = (props.kind ?? "move_to_certificate") as RequestKind;
	const draft = useOnce(() => openDraft(props.draft, () => desk.newApplication(props.customer, kind)));
	const customer = useDesk("customers", [props.customer], () => desk.customer(props.customer));
	// A form that the centre did not accept says why, with the input as it was.
	const refused = props.draft
		? customer.data?.pending.find((item) => item.state === "refused" && item.draft?.applicationId === props.draft)
		: undefined;
	if (draft.data && customer.data)
		return (
			<ApplicationEditor
				draft={draft.data}
				customer={customer.data}
				refused={refused?.error ?? null}
				onTyped={nameAddress}
			/>
		);
	return (
		<main className="page">
			{draft.error || customer.error ? <ErrorNote cause={draft.error ?? customer.error} /> : <p>{t("loading")}</p>}
		</main>
	);
}
