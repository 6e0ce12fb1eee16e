// What somebody who works here has before him: navigation, keys, and the screens. Loaded when somebody signs in.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Status } from "../../generated/desk";
import { dateTime } from "../../shared/dates";
import { t } from "../../shared/text/ja";
import { signOut } from "../leave";
import { Arriving } from "./arriving";
import { Navigation } from "./navigation";
import { Screen } from "./screen";
import { TopBar } from "./top-bar";
import { useActivity, useKeys } from "./use-keys";

export default function Working({ status }: { status: Status }) {
	useKeys();
	useActivity();
	const client = useQueryClient();
	// What one person was shown is not what the next one may see and do.
	useEffect(() => () => client.removeQueries({ predicate: (query) => query.queryKey[0] !== "status" }), [client]);
	return (
		<div className="work">
			<Navigation status={status} />
			<div className="main">
				<TopBar status={status} />
				{Math.abs(status.clockOffsetS) > 120 && (
					<div className="note note-warn" data-testid="clock-off">
						{t("clockOff", { seconds: Math.abs(status.clockOffsetS) })}
					</div>
				)}
				{status.offlineUntil && <Alone status={status} />}
				{status.progress && <Arriving progress={status.progress} />}
				<Screen status={status} />
			</div>
		</div>
	);
}

/** Signed in without the centre: until when, and what to do when it is back. */
function Alone({ status }: { status: Status }) {
	return (
		<div className="note note-warn" data-testid="alone">
			<span>{t(status.online ? "aloneBack" : "alone", { at: dateTime(status.offlineUntil ?? "") })}</span>
			{status.online && (
				<button type="button" onClick={signOut} data-testid="alone-sign-in">
					{t("aloneSignIn")}
				</button>
			)}
		</div>
	);
}
