// One application from end to end: what was signed, who decided, and the slips of its rights.
import { useMutation } from "@tanstack/react-query";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { LineButton } from "../../line";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";
import { Slips } from "../slip/slips";
import { ApplicationFacts } from "./application-facts";

export function ApplicationPage({ id }: { id: string }) {
	const read = useDesk("applications", [id], () => desk.application(id));
	const withdraw = useMutation({ mutationFn: () => desk.withdrawApplication(id) });
	const application = read.data;
	if (!application)
		return <main className="page">{read.error ? <ErrorNote cause={read.error} /> : <p>{t("loading")}</p>}</main>;
	return (
		<main className="page" data-testid="application">
			<ApplicationFacts application={application} />
			<ErrorNote cause={withdraw.error} />
			{application.certificates.length > 0 && <Slips application={application} />}
			<div className="buttons">
				<a className="button" href={formatRoute({ screen: "receipt", id })} data-testid="receipt">
					{t("printReceipt")}
				</a>
				{application.state === "returned" && (
					<a className="button primary" href={formatRoute({ screen: "correct", id })} data-testid="correct">
						{t("correct")}
					</a>
				)}
				{(application.state === "submitted" || application.state === "returned") && (
					<LineButton onClick={() => withdraw.mutate()} data-testid="withdraw">
						{t("withdraw")}
					</LineButton>
				)}
				<a className="button" href={formatRoute({ screen: "customer", id: application.customerId })}>
					{application.customerName}
				</a>
			</div>
		</main>
	);
}
