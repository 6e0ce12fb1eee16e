// 日次検印: the branch's business days on the left, everything needed to judge one of them on the right.
import { useState } from "react";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { go } from "../../route";
import { ExportButton, Exported, useExport } from "../export/export-button";
import { DayList } from "./day-list";
import { DayView } from "./day-view";

export function SignOff({ branch, day }: { branch?: string | undefined; day?: string | undefined }) {
	const [before, setBefore] = useState<string | null>(null);
	const read = useDesk("log", ["sign-off", branch ?? "", before ?? ""], () => desk.signOffDays(branch ?? null, before));
	const days = read.data;
	const exporting = useExport((how) => desk.exportSignOffDays(days?.branch ?? branch ?? "", how));
	const shown = day ?? days?.days.find((one) => one.state === "missing")?.day ?? days?.days[0]?.day;
	return (
		<main className="page" data-testid="sign-off">
			<div className="list-head">
				<h1>
					{t("signOff")} {days && <small>{days.branchName || days.branch}</small>}
				</h1>
				<ExportButton exporting={exporting} />
			</div>
			<Exported exporting={exporting} />
			<ErrorNote cause={read.error} />
			{days && (
				<>
					{days.branches.length > 1 && (
						<label className="field narrow">
							{t("branch")}
							<select
								value={days.branch}
								onChange={(event) => go({ screen: "sign-off", branch: event.target.value })}
								data-testid="sign-off-branch"
							>
								{days.branches.map((one) => (
									<option key={one.code} value={one.code}>
										{one.code} {one.name}
									</option>
								))}
							</select>
						</label>
					)}
					{days.missing > 0 && (
						<p className="note note-warn" role="status" data-testid="sign-off-missing">
							{t("signOffMissing", { count: days.missing })}
						</p>
					)}
					<div className="split sign-off">
						<DayList days={days} shown={shown} older={setBefore} />
						{shown && <DayView key={`${days.branch} ${shown}`} branch={days.branch} day={shown} />}
					</div>
				</>
			)}
		</main>
	);
}
