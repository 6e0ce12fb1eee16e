// Who works where, and whether the centre is in reach.
import type { Status } from "../../generated/desk";
import { desk } from "../../shared/ipc";
import { t } from "../../shared/text/ja";
import { roleWord } from "../../shared/text/words";
import { LanguageButton } from "./language-button";

export function TopBar({ status }: { status: Status }) {
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
					{roleWord(status.staff.role)} <b>{status.staff.name}</b>
				</span>
			)}
			<LanguageButton staff={status.staff?.staffId ?? ""} />
			<button type="button" className="quiet-button" onClick={() => desk.lock()} data-testid="lock">
				{t("lock")} <kbd>Ctrl+L</kbd>
			</button>
			<button type="button" className="quiet-button" onClick={() => desk.signOut()} data-testid="sign-out">
				{t("signOut")}
			</button>
		</header>
	);
}
