// Approve, return or reject; or a supervisor signs in over the teller's screen for this one approval.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ApplicationView, Status } from "../../../generated/desk";
import { desk, refusal } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { LineButton } from "../../line";
import { go } from "../../route";
import { settled } from "../../settled";
import { CommentDialog } from "./comment-dialog";
import { OverLockDialog } from "./over-lock-dialog";

export type Decision = "approved" | "returned" | "rejected";

type Props = {
	application: ApplicationView;
	status: Status;
	/** Returned, rejected, or approved by keyboard: whoever goes through the queue goes on. */
	onDecided: (how: Decision, application: ApplicationView) => void;
};

export function Decide({ application, status, onDecided }: Props) {
	const [asking, setAsking] = useState<"return" | "reject" | "over-lock" | null>(null);
	const { applicationId: id, customerVersion: version } = application;
	const approve = useMutation({
		mutationFn: (_stay: boolean) => desk.approveApplication(id, version).then(settled),
		onSuccess: (_, stay) => (stay ? onDecided("approved", application) : go({ screen: "application", id })),
	});
	const role = status.staff?.role;
	const decides = role === "supervisor" || role === "head_office";
	const possible = decides && !application.decideRefusal && status.online && !approve.isPending;
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (!event.ctrlKey || event.repeat || !possible || document.querySelector("dialog[open]")) return;
			const acts: Partial<Record<string, () => void>> = {
				Enter: () => approve.mutate(true),
				Backspace: () => setAsking("return"),
				Delete: () => setAsking("reject"),
			};
			const act = acts[event.key];
			if (!act) return;
			event.preventDefault();
			act();
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	});
	return (
		<section className="decide">
			<ErrorNote cause={approve.error} />
			{application.decideRefusal && <ErrorNote cause={refusal(application.decideRefusal)} />}
			{application.kind === "force_stop" ? (
				<p className="quiet">{t("forceApprovers")}</p>
			) : (
				!decides && <p className="quiet">{t("approvalsForOthers")}</p>
			)}
			<div className="buttons">
				{decides && (
					<>
						<LineButton
							className="primary"
							disabled={application.decideRefusal !== null || approve.isPending}
							onClick={() => approve.mutate(false)}
							data-testid="approve"
						>
							{t("approve")}
						</LineButton>
						<LineButton
							disabled={application.decideRefusal !== null}
							onClick={() => setAsking("return")}
							data-testid="return"
						>
							{t("returnIt")}
						</LineButton>
						<LineButton
							className="danger"
							disabled={application.decideRefusal !== null}
							onClick={() => setAsking("reject")}
							data-testid="reject"
						>
							{t("reject")}
						</LineButton>
					</>
				)}
				{(!decides || application.decideRefusal) && (
					<LineButton onClick={() => setAsking("over-lock")} data-testid="over-lock">
						{t("overLock")}
					</LineButton>
				)}
			</div>
			{asking === "return" && (
				<CommentDialog
					title={t("returnIt")}
					lead={t("commentLead")}
					danger={false}
					act={(comment) => desk.returnApplication(id, version, comment)}
					onDone={() => onDecided("returned", application)}
					onClose={() => setAsking(null)}
				/>
			)}
			{asking === "reject" && (
				<CommentDialog
					title={t("reject")}
					lead={t("rejectLead")}
					danger
					act={(comment) => desk.rejectApplication(id, version, comment)}
					onDone={() => onDecided("rejected", application)}
					onClose={() => setAsking(null)}
				/>
			)}
			{asking === "over-lock" && <OverLockDialog application={application} onClose={() => setAsking(null)} />}
		</section>
	);
}
