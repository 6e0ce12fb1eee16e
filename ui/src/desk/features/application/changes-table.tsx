// What an approval changes, side by side: now, with the approval, and when the new certificate was fetched. Only what changes is
// listed; what stays the same from one time to the next is said so, and quiet.
import { Fragment, type ReactNode } from "react";
import type { ForeseenView, StandsView } from "../../../generated/desk";
import { dayShort, todayIso } from "../../../shared/dates";
import { type TextKey, t } from "../../../shared/text/ja";
import { loginWord, userRoleWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";

/** One line of the table: how one thing reads at each time. `key` tells two times apart. */
type Item = { label: TextKey; key: (stands: StandsView) => string; read: (stands: StandsView) => ReactNode };

function contractStanding({ there, openedOn, closingOn }: StandsView): string {
	if (!there) return openedOn ? t("contractClosed") : t("nothing");
	if (closingOn) return t("closingAhead", { day: dayShort(closingOn) });
	return openedOn > todayIso() ? t("openingAhead") : t("contractActive");
}

function certificates({ certificates, deviceLabel }: StandsView): ReactNode {
	if (certificates.length === 0) return t("nothing");
	return certificates.map((one) => (
		<Fragment key={one.state}>
			<CertificateBadge state={one.state} />
			{one.deviceLabel !== deviceLabel && <small> {one.deviceLabel}</small>}{" "}
		</Fragment>
	));
}

const contractItems: Item[] = [{ label: "contract", key: contractStanding, read: contractStanding }];
const userItems: Item[] = [
	{
		label: "role",
		key: ({ there, role }) => (there ? (role ?? "") : ""),
		read: ({ there, role }) => (there && role ? userRoleWord(role) : t("nothing")),
	},
	{
		label: "login",
		key: ({ there, login }) => (there ? (login ?? "") : ""),
		read: ({ there, login }) => (there && login ? loginWord(login) : t("nothing")),
	},
	{
		label: "devicePc",
		key: ({ there, deviceLabel }) => (there ? deviceLabel : ""),
		read: ({ there, deviceLabel }) => (there && deviceLabel ? deviceLabel : t("nothing")),
	},
	{
		label: "certificate",
		key: (stands) => stands.certificates.map(({ state, deviceLabel }) => `${state} ${deviceLabel}`).join(),
		read: certificates,
	},
];

const times = ({ now, approved, fetched }: ForeseenView): StandsView[] => [now, approved, fetched];

export function ChangesTable({ rows }: { rows: ForeseenView[] }) {
	if (rows.length === 0) return null;
	const items = (row: ForeseenView) =>
		(row.userId ? userItems : contractItems).filter(({ key }) => new Set(times(row).map(key)).size > 1);
	const fetches = rows.some((row) => items(row).some(({ key }) => key(row.approved) !== key(row.fetched)));
	return (
		<section className="ends" data-testid="changes">
			<h3>{t("changes")}</h3>
			<table className="dense">
				<thead>
					<tr>
						<th>{t("changesOf")}</th>
						<th>{t("renameItem")}</th>
						<th>{t("renamePresent")}</th>
						<th>{t("changesApproved")}</th>
						{fetches && <th>{t("changesFetched")}</th>}
					</tr>
				</thead>
				<tbody>
					{rows.flatMap((row) =>
						items(row).map((item, place) => (
							<Line
								key={`${row.contract} ${row.userId} ${item.label}`}
								{...{ row, item, fetches }}
								first={place === 0}
							/>
						)),
					)}
				</tbody>
			</table>
		</section>
	);
}

function Line({ row, item, fetches, first }: { row: ForeseenView; item: Item; fetches: boolean; first: boolean }) {
	const seen = times(row).slice(0, fetches ? 3 : 2);
	return (
		<tr data-testid={`changes-${row.userId || row.contract}-${item.label}`}>
			<td>{first && <code>{row.userId || row.contract}</code>}</td>
			<th scope="row">{t(item.label)}</th>
			{seen.map((stands, time) => {
				const before = seen[time - 1];
				if (!before) return <td key="now">{item.read(stands)}</td>;
				const same = item.key(before) === item.key(stands);
				return (
					<td key={time === 1 ? "approved" : "fetched"}>
						{same ? <span className="quiet">{t("renameSame")}</span> : <b>{item.read(stands)}</b>}
					</td>
				);
			})}
		</tr>
	);
}
