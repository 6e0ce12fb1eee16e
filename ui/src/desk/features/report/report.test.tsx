// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import axe from "axe-core";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ReportSpan, ReportView, SlipView } from "../../../generated/desk";

const desk = vi.hoisted(() => ({
	report: vi.fn(),
	exportReport: vi.fn(),
	saveReportChart: vi.fn(),
	reportPaper: vi.fn(),
}));
vi.mock("../../../shared/ipc", async (actual) => ({
	...(await actual<object>()),
	desk,
	onChanged: () => () => undefined,
}));

const { Report } = await import("./report");

const span = (count: number, median: number, worst: number): ReportSpan => ({ count, median, worst });
const two = [
	{ code: "001", name: "本店営業部" },
	{ code: "012", name: "見本町支店" },
];
const row = (kind: ReportView["rows"][number]["kind"], detail: string, counts: number[], branches: number[]) => ({
	kind,
	detail,
	counts,
	branches,
	total: counts.reduce((a, b) => a + b, 0),
});
const view: ReportView = {
	branch: null,
	branches: two,
	compared: two,
	months: ["2026-10", "2026-11"],
	charts: [
		{ chart: "issued", kinds: ["issued", "reissued", "fetched"] },
		{ chart: "stopped", kinds: ["suspended", "revoked", "lapsed"] },
	],
	rows: [
		row("issued", "", [3, 4], [5, 2]),
		row("revoked", "", [1, 0], [0, 1]),
		row("revoked", "superseded", [1, 0], [0, 1]),
		row("not_fetched", "", [0, 2], [2, 0]),
		row("ending", "", [6, 0], [6, 0]),
	],
	times: [
		{
			kind: "stopped",
			months: [span(0, 0, 0), span(2, 4, 200)],
			branches: [span(0, 0, 0), span(2, 4, 200)],
			all: span(2, 4, 200),
		},
	],
	notFetched: 9,
	ending: 8,
};

let root: Root;
const at = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const cells = (id: string) => [...(at(id)?.children ?? [])].map((cell) => cell.textContent?.trim());
const settled = () => act(() => new Promise((done) => setTimeout(done, 20)));
const click = async (id: string) => {
	act(() => at(id)?.click());
	await settled();
};

beforeEach(async () => {
	(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
	desk.report.mockResolvedValue(view);
	desk.exportReport.mockResolvedValue("/saved/table.csv");
	desk.saveReportChart.mockResolvedValue("/saved/chart.svg");
	desk.reportPaper.mockResolvedValue({ pages: ["<svg/>"] } as SlipView);
	document.body.innerHTML = '<div id="root"></div>';
	root = createRoot(document.getElementById("root") as HTMLElement);
	const client = new QueryClient();
	act(() =>
		root.render(
			<QueryClientProvider client={client}>
				<Report />
			</QueryClientProvider>,
		),
	);
	await settled();
});
afterEach(() => {
	act(() => root.unmount());
	vi.clearAllMocks();
});

describe("a report", () => {
	it("tells by month what is not fetched and what ends, beside what stands today", () => {
		expect(cells("report-not_fetched")).toEqual(["未取得(発行した月)", "0", "2", "2"]);
		expect(cells("report-ending")).toEqual(["期限到来(次の証明書なし)", "6", "0", "6"]);
		expect(at("report-now")?.textContent).toContain("9");
	});
	it("has branches beside each other, and all of them last", () => {
		expect(cells("report-branch-001")).toEqual(["001 本店営業部", "5", "0", "0", "2", "6", "0", "なし", "なし"]);
		expect(cells("report-branch-012")).toEqual(["012 見本町支店", "2", "1", "1", "0", "0", "2", "4秒", "3分20秒"]);
		expect(cells("report-branch-all")).toEqual(["合計", "7", "1", "1", "2", "6", "2", "4秒", "3分20秒"]);
	});
	it("saves each chart, its figures and the branches, and tells of the last alone", async () => {
		const form = desk.report.mock.lastCall?.[0];
		await click("save-chart-stopped");
		expect(desk.saveReportChart).toHaveBeenLastCalledWith(form, "stopped", "ja");
		expect(at("exported")?.textContent).toContain("/saved/chart.svg");
		const how = { format: "csv_utf8", language: "ja" };
		await click("save-figures-issued");
		expect(desk.exportReport).toHaveBeenLastCalledWith(form, { chart: "issued" }, how);
		await click("save-branches");
		expect(desk.exportReport).toHaveBeenLastCalledWith(form, "branches", how);
		await click("export");
		expect(desk.exportReport).toHaveBeenLastCalledWith(form, "whole", how);
		expect(document.querySelectorAll('[data-testid="exported"]').length).toBe(1);
	});
	it("goes on paper by Ctrl+P, and comes back", async () => {
		const press = new KeyboardEvent("keydown", { key: "p", ctrlKey: true, cancelable: true });
		act(() => void window.dispatchEvent(press));
		await settled();
		expect(press.defaultPrevented).toBe(true);
		expect(desk.reportPaper).toHaveBeenCalledOnce();
		expect(at("paper")?.className).toBe("paper wide");
		await click("report-back");
		expect(at("paper")).toBeNull();
		expect(at("report-table")).not.toBeNull();
	});
	it("is readable without seeing it", async () => {
		const found = await axe.run(document.body, {
			rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
		});
		expect(found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)])).toEqual([]);
	});
});
