// The staff, for head office: who there is, what waits for a second person, and what can be done about each.
import { useState } from "react";
import type { Role, StaffList, StaffRow, TemporaryPassword } from "../../../../generated/desk";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { staffStates, staffStateWord } from "../../../../shared/text/staff-words";
import { roles, roleWord } from "../../../../shared/text/words";
import { ErrorNote } from "../../../../shared/ui/error-note";
import { Field, SelectField } from "../../../../shared/ui/field";
import { LineButton } from "../../../line";
import { useDesk } from "../../../query";
import { AddDialog } from "./add-dialog";
import { StaffDialog } from "./staff-dialog";
import { StaffProposals } from "./staff-proposals";
import { StaffTable } from "./staff-table";
import { TemporaryDialog } from "./temporary-dialog";

export type Handed = { staffId: string; name: string; temporary: TemporaryPassword };
type Filter = { text: string; branch: string | null; role: Role | null; state: StaffRow["state"] | null };

const plain = (text: string) => text.normalize("NFKC").trim().toUpperCase();

const matching = (rows: StaffRow[], { text, branch, role, state }: Filter) =>
	rows.filter(
		(row) =>
			(plain(text) === "" || plain(`${row.staffId} ${row.name}`).includes(plain(text))) &&
			(branch === null || row.branchCode === branch) &&
			(role === null || row.role === role) &&
			// Whoever has left is looked for on purpose only.
			(state === null ? row.state !== "left" : row.state === state),
	);

export function Staff() {
	const read = useDesk("log", ["staff"], desk.staff);
	return (
		<div data-testid="staff">
			<ErrorNote cause={read.error} />
			{read.data && <Body list={read.data} />}
		</div>
	);
}

function Body({ list }: { list: StaffList }) {
	const [filter, setFilter] = useState<Filter>({ text: "", branch: null, role: null, state: null });
	const [adding, setAdding] = useState(false);
	const [chosen, setChosen] = useState<string | null>(null);
	const [handed, setHanded] = useState<Handed | null>(null);
	const rows = matching(list.rows, filter);
	const row = list.rows.find((one) => one.staffId === chosen);
	const change = (part: Partial<Filter>) => setFilter((old) => ({ ...old, ...part }));
	return (
		<>
			{!list.everyBranch && <p className="note note-warn">{t("staffOneBranch")}</p>}
			<StaffProposals rows={list.rows} mayChange={list.mayChange} onHanded={setHanded} />
			<section className="card">
				<h2>{t("staffList")}</h2>
				<div className="filters">
					<Field
						label={t("staffFind")}
						value={filter.text}
						onText={(text) => change({ text })}
						data-testid="staff-find"
						autoFocus
					/>
					<SelectField
						label={t("staffBranch")}
						value={filter.branch}
						options={list.branches.map((one) => [one.code, `${one.code} ${one.name}`] as const)}
						none={t("staffAll")}
						testid="staff-filter-branch"
						onPick={(branch) => change({ branch })}
					/>
					<SelectField
						label={t("role")}
						value={filter.role}
						options={roles.map((one) => [one, roleWord(one)] as const)}
						none={t("staffAll")}
						testid="staff-filter-role"
						onPick={(role) => change({ role })}
					/>
					<SelectField
						label={t("staffState")}
						value={filter.state}
						options={staffStates.map((one) => [one, staffStateWord(one)] as const)}
						none={t("staffNotLeft")}
						testid="staff-filter-state"
						onPick={(state) => change({ state })}
					/>
					{list.mayChange && (
						<LineButton className="primary" onClick={() => setAdding(true)} data-testid="staff-add">
							{t("staffAdd")}
						</LineButton>
					)}
				</div>
				<StaffTable rows={rows} onChoose={setChosen} />
			</section>
			{adding && <AddDialog branches={list.branches} onHanded={setHanded} onClose={() => setAdding(false)} />}
			{row && (
				<StaffDialog row={row} list={list} onHanded={setHanded} onClose={() => setChosen(null)} key={row.staffId} />
			)}
			{handed && <TemporaryDialog handed={handed} onClose={() => setHanded(null)} />}
		</>
	);
}
