// 報告: which months, which branch; the table, charts beside it, how long stops took, and where things stand now.
import { useState } from "react";
import type { ReportForm, ReportView } from "../../../generated/desk";
import { todayIso } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { ExportButton, Exported, useExport } from "../export/export-button";
import { BarChart } from "./bar-chart";
import { MonthField } from "./month-field";
import { ReportTable } from "./report-table";
import { ReportTimes } from "./report-times";
import { kindWords } from "./report-words";

/** The month so many before this one, `2026-11`. */
function monthBefore(count: number): string {
	const [year = 0, month = 0] = todayIso().split("-").map(Number);
	return new Date(Date.UTC(year, month - 1 - count, 1)).toISOString().slice(0, 7);
}

export function Report() {
	const [form, setForm] = useState<ReportForm>({ branch: null, from: monthBefore(5), until: monthBefore(0) });
	const read = useDesk("log", ["report", form.branch, form.from, form.until], () => desk.report(form));
	const exporting = useExport((how) => desk.exportReport(form, how));
	const month = (field: "from" | "until", label: string) => (
		<MonthField
			label={label}
			value={form[field]}
			error={fieldError(read.error, field)}
			onMonth={(typed) => setForm({ ...form, [field]: typed })}
			data-testid={`report-${field}`}
		/>
	);
	const branches = read.data?.branches ?? [];
	return (
		<main className="page" data-testid="report">
			<div className="list-head">
				<h1>{t("report")}</h1>
				<ExportButton exporting={exporting} />
			</div>
			<div className="report-form">
				{month("from", t("reportFrom"))}
				{month("until", t("reportUntil"))}
				{branches.length > 1 && (
					<label className="field">
						{t("branch")}
						<select
							value={form.branch ?? ""}
							onChange={(event) => setForm({ ...form, branch: event.target.value || null })}
							data-testid="report-branch"
						>
							<option value="">{t("reportEveryBranch")}</option>
							{branches.map((one) => (
								<option key={one.code} value={one.code}>
									{one.code} {one.name}
								</option>
							))}
						</select>
					</label>
				)}
			</div>
			<ErrorNote cause={read.error} />
			<Exported exporting={exporting} />
			{read.data && <Body report={read.data} />}
		</main>
	);
}

function Body({ report }: { report: ReportView }) {
	const series = (...kinds: ReportView["rows"][number]["kind"][]) =>
		kinds.map((kind) => ({
			name: t(kindWords[kind]),
			values: report.rows.find((row) => row.kind === kind && row.detail === "")?.counts ?? [],
		}));
	return (
		<>
			<ReportTable report={report} />
			<div className="charts">
				<BarChart
					title={t("reportChartIssued")}
					months={report.months}
					series={series("issued", "reissued", "fetched")}
				/>
				<BarChart
					title={t("reportChartStopped")}
					months={report.months}
					series={series("suspended", "revoked", "lapsed")}
				/>
			</div>
			<ReportTimes report={report} />
		</>
	);
}
