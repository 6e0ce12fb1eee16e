// The frame of every screen: training band, navigation, keys, lock; and which of the great states is shown.
import { lazy, Suspense, useEffect } from "react";
import type { Progress, Status } from "../../generated/desk";
import { asErrorView, DeskError, desk } from "../../shared/ipc";
import { t } from "../../shared/text/ja";
import { readFor } from "../../shared/text/language";
import { ErrorNote } from "../../shared/ui/error-note";
import { CutOff } from "../features/enrol/cut-off";
import { Enrol } from "../features/enrol/enrol";
import { Moved } from "../features/enrol/moved";
import { MustChangePassword } from "../features/session/change-password";
import { LockScreen } from "../features/session/lock-screen";
import { SignIn } from "../features/session/sign-in";
import { useAnnouncements, useDesk } from "../query";
import { Arriving } from "./arriving";
import { FetchAgain, FetchedAgain } from "./fetch-again";
import { NotInForce } from "./not-in-force";
import { Recovering } from "./recovering";
import { useFirstScreen } from "./use-first-screen";

// Most of what is in the window is for whoever is signed in: a start does not wait for it, and a window that waits does not hold it.
const Working = lazy(() => import("./working"));

export function Frame() {
	useAnnouncements();
	const status = useDesk("status", [], desk.status);
	const shown = status.data;
	const staff = shown?.staff?.staffId;
	useEffect(() => {
		if (staff) readFor(staff);
	}, [staff]);
	useFirstScreen(shown !== undefined && shown.state !== "starting");
	return (
		<div className="app" data-state={shown?.state ?? "starting"}>
			{shown?.training && (
				<div className="training-band" data-testid="training-band">
					<b>{t("training")}</b> {t("trainingBand")}
				</div>
			)}
			{shown && <NotInForce status={shown} />}
			{shown && <Recovering status={shown} />}
			{shown && <FetchedAgain status={shown} />}
			{shown ? <Body status={shown} /> : <Starting error={status.error} />}
		</div>
	);
}

function Body({ status }: { status: Status }) {
	switch (status.state) {
		case "starting":
			return <Starting error={null} progress={status.progress} />;
		case "not_enrolled":
			return <Enrol />;
		case "stopped":
			return <Stopped status={status} />;
		case "signed_out":
			return <SignIn status={status} />;
		case "locked":
			return <LockScreen status={status} />;
		case "password_change":
			return <MustChangePassword status={status} />;
		case "open":
			return (
				<Suspense fallback={null}>
					<Working status={status} />
				</Suspense>
			);
	}
}

function Starting({ error, progress = null }: { error: Error | null; progress?: Progress | null }) {
	useEffect(() => {
		document.title = "窓口 Madoguchi";
	}, []);
	return (
		<main className="centre-page">
			<h1>{t("app")}</h1>
			{error ? (
				<ErrorNote cause={error} />
			) : (
				<>
					<div className="spinner" aria-hidden="true" />
					<p role="status">{t("starting")}</p>
					<p className="quiet">{t("startingLead")}</p>
					{progress && <Arriving progress={progress} starting />}
				</>
			)}
		</main>
	);
}

function Stopped({ status }: { status: Status }) {
	if (status.stopped?.code === "terminal_revoked") return <CutOff stopped={status.stopped} />;
	if (status.stopped?.code === "terminal_moved") return <Moved stopped={status.stopped} />;
	return (
		<main className="centre-page" data-testid="stopped">
			<h1>{t("stopped")}</h1>
			<ErrorNote cause={new DeskError(status.stopped ?? asErrorView(null))} />
			<FetchAgain status={status} />
		</main>
	);
}
