// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { ImportReportView } from "../../../../generated/desk";
import { Report } from "./report";

const report = (problemCount: number): ImportReportView => ({
	rows: 3,
	customers: 1,
	knownCustomers: 0,
	contracts: 1,
	users: 3,
	problems: problemCount ? [{ line: 3, column: "契約日", code: "date_out_of_range", args: {} }] : [],
	problemCount,
});
const shown = (problemCount: number) =>
	renderToStaticMarkup(
		<QueryClientProvider client={new QueryClient()}>
			<Report sha256="a" report={report(problemCount)} />
		</QueryClientProvider>,
	);

describe("what is wrong with a file", () => {
	it("is offered as a file of all of it, and how many are not shown is said", () => {
		const markup = shown(1_500);
		expect(markup).toContain('data-testid="export"');
		expect(markup).toMatch(/ほかに1,?499か所/);
	});
	it("is offered only where something is wrong", () => {
		expect(shown(0)).not.toContain('data-testid="export"');
		expect(shown(1)).not.toContain("ほかに");
	});
});
