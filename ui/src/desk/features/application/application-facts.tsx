// Everything needed to judge an application, on one card.
import type { ApplicationView } from "../../../generated/desk";
import { dateTime, dayWithEra } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { identityWord, kindWord, reissueCauseWord, reissueMeaning, userRoleWord } from "../../../shared/text/words";
import { ApplicationBadge } from "../../../shared/ui/state-badge";

export function ApplicationFacts({ application }: { application: ApplicationView }) {
	const done = (on: boolean) => (on ? `✓ ${t("yes")}` : `✕ ${t("no")}`);
	return (
		<article className="card facts" data-testid="facts">
			<header className="who-is">
				<div>
					<small>{application.customerKana}</small>
					<h1>{application.customerName}</h1>
				</div>
				<div className="facts-state">
					<ApplicationBadge state={application.state} />
					<span>
						{t("receipt")} <code data-testid="receipt-number">{application.receipt}</code>
					</span>
				</div>
			</header>
			<h2>{kindWord(application.kind)}</h2>
			{application.cause && (
				<p className="note note-warn" data-testid="facts-cause">
					<b>{reissueCauseWord(application.cause)}</b> {reissueMeaning(application.cause)}
				</p>
			)}
			<div className="facts-body">
				<table>
					<thead>
						<tr>
							<th>{t("userId")}</th>
							<th>{t("role")}</th>
							<th>{t("devicePc")}</th>
						</tr>
					</thead>
					<tbody>
						{application.users.map((user) => (
							<tr key={user.userId}>
								<td>
									<code>{user.userId}</code>
								</td>
								<td>{user.role ? userRoleWord(user.role) : "―"}</td>
								<td>{user.deviceLabel}</td>
							</tr>
						))}
					</tbody>
				</table>
				<dl>
					<dt>{t("cif")}</dt>
					<dd>{application.cif}</dd>
					<dt>{t("contract")}</dt>
					<dd>{application.contract}</dd>
					<dt>{t("receivedOn")}</dt>
					<dd>{dayWithEra(application.receivedOn)}</dd>
					<dt>{t("applicant")}</dt>
					<dd>{application.applicant || t("erased")}</dd>
					<dt>{t("checkSeal")}</dt>
					<dd>{done(application.checks.seal)}</dd>
					<dt>{t("checkIdentity")}</dt>
					<dd>{application.checks.identity ? identityWord(application.checks.identity) : done(false)}</dd>
					<dt>Windows / Edge・Chrome</dt>
					<dd>{done(application.checks.environment)}</dd>
					<dt>{t("checkTerms")}</dt>
					<dd>{done(application.checks.terms)}</dd>
					<dt>{t("registeredBy")}</dt>
					<dd>
						{application.registeredBy.join("、")} {dateTime(application.submittedAt)}
					</dd>
					{application.decidedBy && (
						<>
							<dt>{t("decidedBy")}</dt>
							<dd>
								{application.decidedBy} {application.decidedAt && dateTime(application.decidedAt)}
							</dd>
						</>
					)}
				</dl>
			</div>
			{application.note && (
				<p className="quote">
					<b>{t("note")}</b> {application.note}
				</p>
			)}
			{application.comment && (
				<p className="quote">
					<b>{t("comment")}</b> {application.comment}
				</p>
			)}
		</article>
	);
}
