// The head of a table by month.
import { t } from "../../../shared/text/ja";

export function MonthsHead({ months, last }: { months: string[]; last: string }) {
	return (
		<thead>
			<tr>
				<th scope="col">{t("reportItem")}</th>
				{months.map((month) => (
					<th key={month} scope="col" className="number">
						{month.replace("-", "/")}
					</th>
				))}
				<th scope="col" className="number">
					{last}
				</th>
			</tr>
		</thead>
	);
}
