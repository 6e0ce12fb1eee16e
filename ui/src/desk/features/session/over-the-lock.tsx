// A supervisor at a locked desk: signs in, sees the one application that the teller had before him, and approves it or not. The
// teller's work stays behind the lock.
import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { desk, refusal } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { settled } from "../../settled";
import { ApplicationFacts } from "../application/application-facts";
import { CredentialFields, OVER_LOCK, useCredentials } from "./credential-fields";

/** After this nobody looks any more; the desk itself forgets who did a minute later. */
const LOOKS_MS = 120_000;

export default function OverTheLock({ application, onClose }: { application: string; onClose: () => void }) {
	const supervisor = useCredentials();
	const look = useMutation({
		mutationFn: () => desk.lookOverLock(application, supervisor.staffId, supervisor.password),
		onSettled: () => supervisor.setPassword(""),
	});
	const shown = look.data;
	const approve = useMutation({
		mutationFn: (version: string) => desk.approveLookedAt(application, version).then(settled),
	});
	useEffect(() => () => void desk.lookAway(), []);
	useEffect(() => {
		if (!shown) return;
		const timer = setTimeout(onClose, LOOKS_MS);
		return () => clearTimeout(timer);
	}, [shown, onClose]);
	if (approve.isSuccess && shown)
		return (
			<main className="centre-page">
				<p className="note note-good" role="status" data-testid="approved-over-lock">
					{t("approvedNow", { customer: shown.customerName })}
				</p>
				<button type="button" className="primary" autoFocus onClick={onClose} data-testid="back-to-lock">
					{t("backToLock")}
				</button>
			</main>
		);
	if (!shown)
		return (
			<main className="centre-page" data-testid="over-the-lock-sign-in">
				<h1>{t("overLock")}</h1>
				<form
					className="card narrow"
					onSubmit={(event) => {
						event.preventDefault();
						look.mutate();
					}}
				>
					<p>{t("overTheLockLead")}</p>
					<CredentialFields {...supervisor} testids={OVER_LOCK} />
					<ErrorNote cause={look.error} />
					<div className="buttons">
						<button type="submit" className="primary" disabled={look.isPending} data-testid="over-lock-look">
							{t("overTheLockLook")}
						</button>
						<button type="button" onClick={onClose}>
							{t("cancel")}
						</button>
					</div>
				</form>
			</main>
		);
	const waits = shown.state === "submitted" && !shown.decideRefusal;
	return (
		<main className="page" data-testid="looked-at">
			<h1>{t("overLock")}</h1>
			<ApplicationFacts application={shown} />
			<section className="decide">
				{shown.decideRefusal && <ErrorNote cause={refusal(shown.decideRefusal)} />}
				<ErrorNote cause={approve.error} />
				<div className="buttons">
					{waits && !approve.isError && (
						<button
							type="button"
							className="primary"
							disabled={approve.isPending}
							onClick={() => approve.mutate(shown.customerVersion)}
							data-testid="approve-over-lock"
						>
							{t("approve")}
						</button>
					)}
					<button type="button" onClick={onClose} data-testid="back-to-lock">
						{t("backToLock")}
					</button>
				</div>
			</section>
		</main>
	);
}
