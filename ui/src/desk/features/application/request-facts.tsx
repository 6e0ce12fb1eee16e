// What the customer applied for, kind by kind: the days, both names, both contracts.
import type { ApplicationView } from "../../../generated/desk";
import { dayWithEra } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { reissueCauseWord, reissueMeaning } from "../../../shared/text/words";
import { detailFields, detailLabels } from "./rename-fields";
import { WithoutAccess } from "./without-access";

export const renumbered = ({ users }: ApplicationView): boolean =>
	users.some((user) => user.newUserId !== "" && user.newUserId !== user.userId);

export function RequestFacts({ application }: { application: ApplicationView }) {
	const { cause, closingOn, openedOn, oldContract } = application;
	return (
		<>
			{cause && (
				<p className="note note-warn" data-testid="facts-cause">
					<b>{reissueCauseWord(cause)}</b> {reissueMeaning(cause)}
				</p>
			)}
			{closingOn && (
				<dl className="days" data-testid="facts-days">
					<dt>
						{oldContract && `${t("oldContract")} ${oldContract} `}
						{t("closingOn")}
					</dt>
					<dd>{dayWithEra(closingOn)}</dd>
					{openedOn && (
						<>
							<dt>
								{t("newContract")} {application.contract} {t("openedOn")}
							</dt>
							<dd>{dayWithEra(openedOn)}</dd>
						</>
					)}
				</dl>
			)}
			{openedOn && <WithoutAccess closingOn={closingOn} openedOn={openedOn} renumbered={renumbered(application)} />}
			{application.renamed && <Names application={application} />}
		</>
	);
}

/** Old and new side by side while it can still be judged; afterwards the new ones alone. */
function Names({ application: { present, renamed } }: { application: ApplicationView }) {
	if (!renamed) return null;
	return (
		<table className="names" data-testid="facts-names">
			<thead>
				<tr>
					<th>{t("renameItem")}</th>
					{present && <th>{t("renamePresent")}</th>}
					<th>{t("renameNew")}</th>
				</tr>
			</thead>
			<tbody>
				{detailFields.map((field) => (
					<tr key={field} data-testid={`names-${field}`}>
						<th scope="row">{t(detailLabels[field])}</th>
						{present && <td>{present[field] || "―"}</td>}
						<td>
							{present && present[field] === renamed[field] ? (
								<span className="quiet">{t("renameSame")}</span>
							) : (
								<b>{renamed[field] || "―"}</b>
							)}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
