// What an approval changes, side by side: now, with the approval, and when the new certificate was fetched. Only what changes is
// listed; what stays the same from one time to the next is said so, and quiet.
import { Fragment, type ReactNode } from "react";
import type { ContractChangesView, ContractStandsView, UserStandsView } from "../../../generated/desk";
import { type TextKey, t } from "../../../shared/text/ja";
import { loginWord, userRoleWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";
import { contractStanding } from "../customer/contract-standing";

/** How one thing reads when it stands so; `null`: it is not there. `key` tells two times apart. */
type Item<S> = { label: TextKey; key: (stands: S | null) => string; read: (stands: S | null) => ReactNode };
type Times<S> = { now?: S | null; approved?: S | null; fetched?: S | null };
type Cell = { key: string; shown: ReactNode };
/** A line of the table: of a contract, or of a user ID in it, and how it reads at each time. */
type Line = { contract: string; of: string; label: TextKey; cells: Cell[]; first: boolean };

function said<S>(label: TextKey, word: (stands: S) => string): Item<S> {
	const key = (stands: S | null) => (stands ? word(stands) : "");
	return { label, key, read: (stands) => key(stands) || t("nothing") };
}

const contractItems = [said<ContractStandsView>("changesContract", contractStanding)];
const userItems: Item<UserStandsView>[] = [
	said("role", ({ role }) => userRoleWord(role)),
	said("login", ({ login }) => loginWord(login)),
	said("devicePc", ({ deviceLabel }) => deviceLabel),
	{
		label: "certificate",
		key: (stands) => (stands?.certificates ?? []).map(({ state, deviceLabel }) => `${state} ${deviceLabel}`).join(),
		read: (stands) => (stands?.certificates.length ? <Certificates of={stands} /> : t("nothing")),
	},
];

function Certificates({ of }: { of: UserStandsView }) {
	return of.certificates.map((one) => (
		<Fragment key={one.state}>
			<CertificateBadge state={one.state} />
			{one.deviceLabel !== of.deviceLabel && <small> {one.deviceLabel}</small>}{" "}
		</Fragment>
	));
}

function lines<S>(contract: string, of: string, items: Item<S>[], { now, approved, fetched }: Times<S>): Line[] {
	const times = [now ?? null, approved ?? null, fetched ?? null];
	return items
		.map(({ label, key, read }) => ({
			contract,
			of,
			label,
			cells: times.map((stands) => ({ key: key(stands), shown: read(stands) })),
		}))
		.filter(({ cells }) => new Set(cells.map(({ key }) => key)).size > 1)
		.map((line, place) => ({ ...line, first: place === 0 }));
}

export function ChangesTable({ rows }: { rows: ContractChangesView[] }) {
	if (rows.length === 0) return null;
	const all = rows.flatMap(({ contract, itself, users }) => [
		...(itself ? lines(contract, contract, contractItems, itself) : []),
		...users.flatMap((user) => lines(contract, user.userId, userItems, user)),
	]);
	const fetches = all.some(({ cells: [, approved, fetched] }) => approved?.key !== fetched?.key);
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
					{all.map((line) => (
						<Row key={`${line.contract} ${line.of} ${line.label}`} line={line} fetches={fetches} />
					))}
				</tbody>
			</table>
		</section>
	);
}

function Row({ line: { of, label, cells, first }, fetches }: { line: Line; fetches: boolean }) {
	const [now, approved, fetched] = cells;
	return (
		<tr data-testid={`changes-${of}-${label}`}>
			<td>{first && <code>{of}</code>}</td>
			<th scope="row">{t(label)}</th>
			<td>{now?.shown}</td>
			<Later cell={approved} before={now} />
			{fetches && <Later cell={fetched} before={approved} />}
		</tr>
	);
}

function Later({ cell, before }: { cell: Cell | undefined; before: Cell | undefined }) {
	return <td>{cell?.key === before?.key ? <span className="quiet">{t("renameSame")}</span> : <b>{cell?.shown}</b>}</td>;
}
