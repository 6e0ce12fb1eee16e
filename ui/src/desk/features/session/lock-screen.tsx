// The idle lock: nothing of the work behind it is in the window any more.
import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useState } from "react";
import type { Status } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { useRoute } from "../../route";

const OverTheLock = lazy(() => import("./over-the-lock"));

export function LockScreen({ status }: { status: Status }) {
	const [password, setPassword] = useState("");
	const [over, setOver] = useState(false);
	// The same however often this is drawn: what is shown over the lock goes when its time is over, whatever is announced meanwhile.
	const back = useCallback(() => setOver(false), []);
	const route = useRoute();
	// What the teller had before him when it locked, if a supervisor can approve it.
	const application = route.screen === "application" || route.screen === "approvals" ? route.id : undefined;
	const unlock = useMutation({ mutationFn: () => desk.unlock(password), onSettled: () => setPassword("") });
	if (over && application)
		return (
			<Suspense fallback={null}>
				<OverTheLock application={application} onClose={back} />
			</Suspense>
		);
	return (
		<main className="centre-page" data-testid="lock-screen">
			<h1>{t("locked")}</h1>
			<form
				className="card narrow"
				onSubmit={(event) => {
					event.preventDefault();
					unlock.mutate();
				}}
			>
				<p>{t("lockedLead", { name: status.staff?.name ?? "" })}</p>
				<Field
					label={t("password")}
					type="password"
					value={password}
					onText={setPassword}
					autoFocus
					data-testid="unlock-password"
				/>
				<ErrorNote cause={unlock.error} />
				<div className="buttons">
					<button type="submit" className="primary" disabled={unlock.isPending} data-testid="unlock-button">
						{t("unlock")}
					</button>
					{application && (
						<button type="button" onClick={() => setOver(true)} data-testid="over-the-lock">
							{t("overLock")}
						</button>
					)}
					<button type="button" onClick={() => desk.signOut()}>
						{t("otherStaff")}
					</button>
				</div>
			</form>
		</main>
	);
}
