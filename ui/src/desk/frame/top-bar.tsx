// Who works where, and whether the centre is in reach.
import { useState } from "react";
import type { Status } from "../../generated/desk";
import { t } from "../../shared/text/ja";
import { actingWord } from "../../shared/text/words";
import { ChangePasswordDialog } from "../features/session/change-password";
import { lock, signOut } from "../leave";
import { LanguageButton } from "./language-button";

export function TopBar({ status }: { status: Status }) {
	const [changing, setChanging] = useState(false);
	return (
		<header className="top">
			<span className="where">
				{status.institutionName} <b>{status.branchName}</b>({status.branchCode}) {status.terminalLabel}
			</span>
			<span className={status.online ? "line line-on" : "line line-off"} data-testid="line" role="status">
				{status.online ? "●" : "○"} {status.online ? t("online") : t("offline")}
			</span>
			{status.staff && (
				<span className="who" data-testid="who">
					{actingWord(status.staff.role, status.staff.deputy)} <b>{status.staff.name}</b>
				</span>
			)}
			<LanguageButton staff={status.staff?.staffId ?? ""} />
			{status.online && !status.offlineUntil && (
				<button type="button" className="quiet-button" onClick={() => setChanging(true)} data-testid="change-password">
					{t("passwordChange")}
				</button>
			)}
			{changing && <ChangePasswordDialog onClose={() => setChanging(false)} />}
			<button type="button" className="quiet-button" onClick={lock} data-testid="lock">
				{t("lock")} <kbd>Ctrl+L</kbd>
			</button>
			<button type="button" className="quiet-button" onClick={signOut} data-testid="sign-out">
				{t("signOut")}
			</button>
		</header>
	);
}
