// One line of 発行ログ.
import type { LogLine } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { MadeAt } from "../../../shared/ui/made-at";
import { formatRoute } from "../../route";
import { Whom } from "./cells";
import { what, who } from "./words";

type Props = { offset: number; line: LogLine | undefined; chosen: boolean; onPick: () => void };

export function LogRow({ offset, line, chosen, onPick }: Props) {
	if (!line)
		return (
			<tr aria-rowindex={offset + 2} data-testid="log-row-coming">
				<td colSpan={6} className="quiet">
					{t("loading")}
				</td>
			</tr>
		);
	return (
		<tr
			aria-rowindex={offset + 2}
			aria-current={chosen ? "true" : undefined}
			data-testid="log-row"
			data-events={line.events.join(" ")}
			onPointerDown={onPick}
		>
			<td className="number">
				<a href={formatRoute({ screen: "log-entry", index: line.index })} tabIndex={-1}>
					{line.index}
				</a>
			</td>
			<td className="number">
				{dateTime(line.at)} <MadeAt madeAt={line.madeAt} offline={line.offline} />
			</td>
			<td>
				<div>{what(line)}</div>
			</td>
			<td>
				<div>
					<Whom line={line} />
				</div>
			</td>
			<td className="actor">
				<div>{who(line)}</div>
			</td>
			<td>
				<div>{line.terminalLabel || "―"}</div>
			</td>
		</tr>
	);
}

export const LogHeader = () => (
	<thead>
		<tr aria-rowindex={1}>
			<th>{t("logIndex")}</th>
			<th>{t("logAt")}</th>
			<th>{t("logWhat")}</th>
			<th>{t("logWhom")}</th>
			<th>{t("logWho")}</th>
			<th>{t("logWhere")}</th>
		</tr>
	</thead>
);
