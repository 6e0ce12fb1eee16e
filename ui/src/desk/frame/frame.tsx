// The frame of every screen: training band, navigation, keys, lock; and which of the great states is shown.
import { useEffect } from "react";
import type { Status } from "../../generated/desk";
import { asErrorView, DeskError, desk } from "../../shared/ipc";
import { t } from "../../shared/text/ja";
import { ErrorNote } from "../../shared/ui/error-note";
import { LockScreen } from "../features/session/lock-screen";
import { SignIn } from "../features/session/sign-in";
import { useAnnouncements, useDesk } from "../query";
import { Navigation } from "./navigation";
import { Screen } from "./screen";
import { TopBar } from "./top-bar";
import { useActivity, useKeys } from "./use-keys";

export function Frame() {
	useAnnouncements();
	const status = useDesk("status", [], desk.status);
	const shown = status.data;
	return (
		<div className="app" data-state={shown?.state ?? "starting"}>
			{shown?.training && (
				<div className="training-band" data-testid="training-band">
					<b>{t("training")}</b> {t("trainingBand")}
				</div>
			)}
			{shown ? <Body status={shown} /> : <Starting error={status.error} />}
		</div>
	);
}

function Body({ status }: { status: Status }) {
	switch (status.state) {
		case "starting":
			return <Starting error={null} />;
		case "stopped":
			return <Stopped status={status} />;
		case "signed_out":
			return <SignIn status={status} />;
		case "locked":
			return <LockScreen status={status} />;
		case "open":
			return <Working status={status} />;
	}
}

function Working({ status }: { status: Status }) {
	useKeys();
	useActivity();
	return (
		<div className="work">
			<Navigation status={status} />
			<div className="main">
				<TopBar status={status} />
				{Math.abs(status.clockOffsetS) > 120 && (
					<div className="note note-warn">{t("clockOff", { seconds: status.clockOffsetS })}</div>
				)}
				<Screen status={status} />
			</div>
		</div>
	);
}

function Starting({ error }: { error: Error | null }) {
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
				</>
			)}
		</main>
	);
}

function Stopped({ status }: { status: Status }) {
	return (
		<main className="centre-page" data-testid="stopped">
			<h1>{t("stopped")}</h1>
			<ErrorNote cause={new DeskError(status.stopped ?? asErrorView(null))} />
		</main>
	);
}
