// One line for each member of staff.
import type { StaffRow } from "../../../../generated/desk";
import { dateTime, dayShort } from "../../../../shared/dates";
import { t } from "../../../../shared/text/ja";
import { staffStateWord } from "../../../../shared/text/staff-words";
import { roleWord } from "../../../../shared/text/words";
import { Empty } from "../../../../shared/ui/empty";

/** More lines help nobody: the filter does. */
const MOST = 200;

export function StaffTable({ rows, onChoose }: { rows: StaffRow[]; onChoose: (staffId: string) => void }) {
	if (rows.length === 0) return <Empty title={t("staffNone")} next={t("staffNoneNext")} />;
	return (
		<>
			<p className="quiet" role="status">
				{t("searchHits", { count: rows.length })} {rows.length > MOST && t("staffFirst", { count: MOST })}
			</p>
			<table className="dense" data-testid="staff-table">
				<thead>
					<tr>
						<th>{t("staffId")}</th>
						<th>{t("staffName")}</th>
						<th>{t("role")}</th>
						<th>{t("staffBranch")}</th>
						<th>{t("staffState")}</th>
						<th>{t("staffLastSignIn")}</th>
						<th />
					</tr>
				</thead>
				<tbody>
					{rows.slice(0, MOST).map((row) => (
						<tr key={row.staffId} data-testid={`staff-row-${row.staffId}`} data-state={row.state}>
							<td className="number">{row.staffId}</td>
							<td>{row.name}</td>
							<td>
								{row.role ? roleWord(row.role) : t("nothing")}
								{row.deputies.map((one) => (
									<small className="under" key={`${one.branchCode}${one.from}`}>
										{t(one.inForce ? "staffDeputyNow" : "staffDeputyAhead", {
											branch: one.branchName || one.branchCode,
											from: dayShort(one.from),
											until: dayShort(one.until),
										})}
									</small>
								))}
							</td>
							<td>
								{row.branchName}({row.branchCode})
							</td>
							<td>
								<StaffBadge row={row} />
							</td>
							<td className="number">{row.lastSignIn ? dateTime(row.lastSignIn) : t("staffNeverSignedIn")}</td>
							<td>
								<button
									type="button"
									onClick={() => onChoose(row.staffId)}
									aria-label={`${t("staffOpen")} ${row.staffId}`}
									data-testid={`staff-open-${row.staffId}`}
								>
									{t("staffOpen")}
								</button>
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</>
	);
}

/** Word and shape, not colour alone. */
export function StaffBadge({ row }: { row: StaffRow }) {
	const shape = { proposed: "…", working: "●", temporary: "◐", locked_out: "◇", locked: "■", left: "×" }[row.state];
	return (
		<span className={`badge staff-${row.state}`}>
			<span aria-hidden="true">{shape}</span> {staffStateWord(row.state)}
		</span>
	);
}
