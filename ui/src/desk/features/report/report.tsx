// 報告: which months, which branch; the table, charts beside it, branches beside each other, how long stops took, and where things
// stand now. All of it on paper (Ctrl+P), and each part as a file.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ReportForm, ReportPart } from "../../../generated/desk";
import { todayIso } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { language } from "../../../shared/text/language";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { ExportButton, Exported, useExport } from "../export/export-button";
import { MonthField } from "./month-field";
import { ReportBranches } from "./report-branches";
import { ReportCharts } from "./report-charts";
import { ReportPaper } from "./report-paper";
import { ReportTable } from "./report-table";
import { ReportTimes } from "./report-times";

/** The month so many before this one, `2026-11`. */
function monthBefore(count: number): string {
	const [year = 0, month = 0] = todayIso().split("-").map(Number);
	return new Date(Date.UTC(year, month - 1 - count, 1)).toISOString().slice(0, 7);
}

export function Report() {
	const [form, setForm] = useState<ReportForm>({ branch: null, from: monthBefore(5), until: monthBefore(0) });
	const read = useDesk("log", ["report", form.branch, form.from, form.until], () => desk.report(form));
	const part = useMutation({ mutationFn: (save: () => Promise<string | null>) => save() });
	const exporting = useExport((how) => {
		part.reset();
		return desk.exportReport(form, "whole", how);
	});
	// One of them is told of: the last.
	const saveAlone = (save: () => Promise<string | null>) => {
		exporting.saving.reset();
		part.mutate(save);
	};
	const savePart = (of: ReportPart) =>
		saveAlone(() => desk.exportReport(form, of, { format: exporting.format, language: language() }));
	const [printing, setPrinting] = useState(false);
	usePrintKey(() => setPrinting(true));
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
				<span className="export">
					<ExportButton exporting={exporting} />
					<button
						type="button"
						className="quiet-button"
						disabled={printing || !read.data}
						onClick={() => setPrinting(true)}
						data-testid="report-print"
					>
						{t("reportPrint")} <kbd>Ctrl+P</kbd>
					</button>
				</span>
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
			<Exported exporting={{ saving: part }} />
			{printing && read.data ? (
				<ReportPaper form={form} back={() => setPrinting(false)} />
			) : (
				read.data && (
					<>
						<ReportTable report={read.data} />
						<ReportCharts
							report={read.data}
							saving={part.isPending}
							onPicture={(chart) => saveAlone(() => desk.saveReportChart(form, chart, language()))}
							onTable={savePart}
						/>
						{read.data.compared.length > 0 && (
							<>
								<ReportBranches report={read.data} />
								<div className="buttons">
									<button
										type="button"
										className="quiet-button"
										disabled={part.isPending}
										onClick={() => savePart("branches")}
										data-testid="save-branches"
									>
										{t("reportSaveBranches")}
									</button>
								</div>
							</>
						)}
						<ReportTimes report={read.data} />
					</>
				)
			)}
		</main>
	);
}

/** The window's own printing would print the screen, of which nothing is paper. */
function usePrintKey(print: () => void): void {
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (!event.ctrlKey || event.key.toLowerCase() !== "p" || document.querySelector(".paper, dialog[open]")) return;
			event.preventDefault();
			print();
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	});
}
