// An invitation that was just drawn: on screen and on paper once, and nowhere afterwards.
import type { InvitationView } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { FingerprintWords } from "../../../shared/ui/fingerprint-words";
import { Paper } from "../../../shared/ui/paper";

export function Invitation({ invitation, onDone }: { invitation: InvitationView; onDone: () => void }) {
	return (
		<section className="split slip-split" data-testid="invitation">
			<div className="slip-side">
				<div className="card">
					<h2>{t("invitation")}</h2>
					<p className="note note-warn">{t("invitationOnce")}</p>
					<dl className="invitation">
						<dt>{t("enrolInvitation")}</dt>
						<dd>
							<code data-testid="invitation-code">{invitation.invitation}</code>
						</dd>
						<dt>{t("invitationUntil")}</dt>
						<dd>{dateTime(invitation.until)}</dd>
						<dt>{t("enrolCentre")}</dt>
						<dd>
							<code data-testid="invitation-centre">{invitation.centre}</code>
						</dd>
						<dt>{t("fingerprintWords")}</dt>
						<dd>
							<FingerprintWords words={invitation.words} />
						</dd>
						<dt>{t("enrolPaper")}</dt>
						<dd>
							<code className="hex" data-testid="invitation-line">
								{invitation.line}
							</code>
						</dd>
					</dl>
					<div className="buttons">
						<button type="button" className="primary" autoFocus onClick={() => window.print()}>
							{t("slipPrintNow")}
						</button>
						<button type="button" onClick={onDone} data-testid="invitation-done">
							{t("invitationDone")}
						</button>
					</div>
				</div>
			</div>
			<Paper pages={invitation.pages} label={t("invitation")} />
		</section>
	);
}
