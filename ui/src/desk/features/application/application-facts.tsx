// Everything needed to judge an application, on one card.
import type { ApplicationView } from "../../../generated/desk";
import { dateTime, dayWithEra } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { identityWord, kindWord, userRoleWord } from "../../../shared/text/words";
import { MadeAt } from "../../../shared/ui/made-at";
import { ApplicationBadge } from "../../../shared/ui/state-badge";
import { ChangesTable } from "./changes-table";
import { EndsTable } from "./ends-table";
import { paperNeeds } from "./paper-needs";
import { RequestFacts, renumbered } from "./request-facts";

export function ApplicationFacts({ application }: { application: ApplicationView }) {
	const open = application.state === "submitted" || application.state === "returned";
	const needs = paperNeeds(application.kind, application.users.length);
	const withNewIds = renumbered(application);
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
			<RequestFacts application={application} />
			{open && <ChangesTable rows={application.changes} />}
			{open && <EndsTable rows={application.ends} />}
			<div className="facts-body">
				<table>
					<thead>
						<tr>
							<th>{t("userId")}</th>
							{withNewIds && <th>{t("newUserId")}</th>}
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
								{withNewIds && (
									<td>
										<code>{user.newUserId}</code>
									</td>
								)}
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
					{application.oldContract && (
						<>
							<dt>{t("oldContract")}</dt>
							<dd>{application.oldContract}</dd>
						</>
					)}
					<dt>{t("receivedOn")}</dt>
					<dd>{dayWithEra(application.receivedOn)}</dd>
					<dt>{t(needs.signed ? "applicant" : "forceBy")}</dt>
					<dd>{application.applicant || t("erased")}</dd>
					{needs.signed && (
						<>
							<dt>{t("checkSeal")}</dt>
							<dd>{done(application.checks.seal)}</dd>
							<dt>{t("checkIdentity")}</dt>
							<dd>{application.checks.identity ? identityWord(application.checks.identity) : done(false)}</dd>
						</>
					)}
					{needs.fetched && (
						<>
							<dt>Windows / Edge・Chrome</dt>
							<dd>{done(application.checks.environment)}</dd>
							<dt>{t("checkTerms")}</dt>
							<dd>{done(application.checks.terms)}</dd>
						</>
					)}
					<dt>{t("registeredBy")}</dt>
					<dd>
						{application.registeredBy.join("、")} {dateTime(application.submittedAt)}{" "}
						<MadeAt madeAt={application.madeAt} offline={application.offline} />
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
					<b>{t(needs.signed ? "note" : "forceReason")}</b> {application.note}
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
