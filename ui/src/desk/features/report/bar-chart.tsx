// Bars by month, told apart by pattern and not by colour alone, each with its number: readable on a black-and-white printer.
import { useId } from "react";
import { t } from "../../../shared/text/ja";

type Series = { name: string; values: number[] };

const HEIGHT = 150;
const BAR = 20;
const GAP = 18;
const LEFT = 8;
const TOP = 20;

/** Solid, hatched, dotted: in one ink. */
function Patterns({ id }: { id: string }) {
	return (
		<defs>
			<pattern id={`${id}-0`} width="4" height="4" patternUnits="userSpaceOnUse">
				<rect width="4" height="4" className="ink" />
			</pattern>
			<pattern id={`${id}-1`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
				<rect width="6" height="6" className="ground" />
				<rect width="2.5" height="6" className="ink" />
			</pattern>
			<pattern id={`${id}-2`} width="6" height="6" patternUnits="userSpaceOnUse">
				<rect width="6" height="6" className="ground" />
				<circle cx="3" cy="3" r="1.4" className="ink" />
			</pattern>
		</defs>
	);
}

export function BarChart({ title, months, series }: { title: string; months: string[]; series: Series[] }) {
	const id = useId();
	const most = Math.max(1, ...series.flatMap((one) => one.values));
	const group = series.length * BAR + GAP;
	const width = LEFT * 2 + months.length * group;
	const base = TOP + HEIGHT;
	const told = series.map((one) =>
		t("reportChartTold", { name: one.name, values: one.values.map((v, n) => `${months[n]} ${v}`).join(", ") }),
	);
	return (
		<figure className="chart" data-testid="chart">
			<figcaption>
				{title}
				{series.map((one, place) => (
					<span key={one.name} className="legend">
						<svg width="18" height="12" aria-hidden="true">
							<rect width="18" height="12" fill={`url(#${id}-${place})`} className="bar" />
						</svg>
						{one.name}
					</span>
				))}
			</figcaption>
			<svg
				viewBox={`0 0 ${width} ${base + 24}`}
				style={{ maxWidth: `${width * 1.4}px` }}
				role="img"
				aria-labelledby={`${id}-title ${id}-desc`}
			>
				<title id={`${id}-title`}>{title}</title>
				<desc id={`${id}-desc`}>{told.join(" ")}</desc>
				<Patterns id={id} />
				{months.map((month, m) => (
					<g key={month} transform={`translate(${LEFT + m * group}, 0)`}>
						{series.map((one, s) => {
							const value = one.values[m] ?? 0;
							const height = (value / most) * HEIGHT;
							return (
								<g key={one.name}>
									<rect
										x={s * BAR}
										y={base - height}
										width={BAR - 3}
										height={height}
										fill={`url(#${id}-${s})`}
										className="bar"
									/>
									<text x={s * BAR + (BAR - 3) / 2} y={base - height - 4} textAnchor="middle">
										{value}
									</text>
								</g>
							);
						})}
						<text x={(series.length * BAR - 3) / 2} y={base + 16} textAnchor="middle">
							{month.slice(2).replace("-", "/")}
						</text>
					</g>
				))}
				<line x1="0" x2={width} y1={base} y2={base} className="axis" />
			</svg>
		</figure>
	);
}
