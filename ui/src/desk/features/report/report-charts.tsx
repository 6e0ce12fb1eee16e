// The charts, each with two buttons: the picture, and the figures it is drawn from in the kind of file that is chosen above.
import type { ReportPart, ReportView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { BarChart } from "./bar-chart";
import { chartWords, kindWords } from "./report-words";

type Chart = ReportView["charts"][number]["chart"];
type Props = {
	report: ReportView;
	saving: boolean;
	onPicture: (chart: Chart) => void;
	onTable: (part: ReportPart) => void;
};

export function ReportCharts({ report, saving, onPicture, onTable }: Props) {
	const series = (kinds: ReportView["charts"][number]["kinds"]) =>
		kinds.map((kind) => ({
			name: t(kindWords[kind]),
			values: report.rows.find((row) => row.kind === kind && row.detail === "")?.counts ?? [],
		}));
	return (
		<div className="charts">
			{report.charts.map(({ chart, kinds }) => {
				const title = t(chartWords[chart]);
				return (
					<div key={chart} className="chart-with-files">
						<BarChart title={title} months={report.months} series={series(kinds)} />
						<div className="buttons">
							<button
								type="button"
								className="quiet-button"
								disabled={saving}
								aria-label={t("reportSaveChartOf", { title })}
								onClick={() => onPicture(chart)}
								data-testid={`save-chart-${chart}`}
							>
								{t("reportSaveChart")}
							</button>
							<button
								type="button"
								className="quiet-button"
								disabled={saving}
								aria-label={t("reportSaveFiguresOf", { title })}
								onClick={() => onTable({ chart })}
								data-testid={`save-figures-${chart}`}
							>
								{t("reportSaveFigures")}
							</button>
						</div>
					</div>
				);
			})}
		</div>
	);
}
