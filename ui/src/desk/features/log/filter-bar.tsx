// What of 発行ログ is shown: every part narrows it at once.
import type { LogFilter } from "../../../generated/desk";
import { parseDay } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { eventWord } from "../../../shared/text/words";
import { DayField } from "../../../shared/ui/day-field";
import { Field, SelectField } from "../../../shared/ui/field";
import { useDesk } from "../../query";
import { actorWord, whyWord } from "./words";

type Props = {
	filter: LogFilter;
	text: string;
	textError: string | undefined;
	onText: (text: string) => void;
	onFilter: (filter: LogFilter) => void;
};
type Option = readonly [string, string];

const sorted = (options: Option[]): Option[] => [...options].sort(([, a], [, b]) => a.localeCompare(b, "ja"));

/** Shortest text that finds something. */
export const SHORTEST = 2;

export function FilterBar({ filter, text, textError, onText, onFilter }: Props) {
	const choices = useDesk("log", ["choices"], desk.logChoices).data;
	const put = (part: Partial<LogFilter>) => onFilter({ ...filter, ...part });
	const people = sorted([
		...(choices?.staff.map(({ id, name }) => [`staff:${id}`, name] as const) ?? []),
		...(choices?.actors.map((kind) => [`actor:${kind}`, actorWord(kind)] as const) ?? []),
	]);
	const person = filter.staff ? `staff:${filter.staff}` : filter.actor ? `actor:${filter.actor}` : null;
	const day = (typed: string) => (typed === "" ? null : typed);
	const short = text.trim() !== "" && [...text.trim()].length < SHORTEST;
	const branches = choices?.branches ?? [];
	return (
		<search className="filter" aria-label={t("logFilter")} data-testid="log-filter">
			<Field
				label={t("logText")}
				value={text}
				onText={onText}
				placeholder={t("logTextHint")}
				autoFocus
				error={textError}
				{...(short ? { hint: t("logTextShort") } : {})}
				data-testid="log-text"
			/>
			<DayField
				label={t("logFrom")}
				value={filter.from ?? ""}
				onDay={(typed) => put({ from: day(typed) })}
				data-testid="log-from"
			/>
			<DayField
				label={t("logUntil")}
				value={filter.until ?? ""}
				onDay={(typed) => put({ until: day(typed) })}
				data-testid="log-until"
			/>
			<SelectField
				label={t("logWhat")}
				value={filter.kind ?? null}
				none={t("logAll")}
				options={sorted((choices?.kinds ?? []).map((kind) => [kind, eventWord(kind)]))}
				onPick={(kind) => put({ kind })}
				testid="log-kind"
			/>
			<SelectField
				label={t("logWho")}
				value={person}
				none={t("logAll")}
				options={people}
				onPick={(picked) => {
					const [of, id = null] = picked?.split(":") ?? [];
					put({ staff: of === "staff" ? id : null, actor: of === "actor" ? id : null });
				}}
				testid="log-who"
			/>
			<SelectField
				label={t("logWhere")}
				value={filter.terminal ?? null}
				none={t("logAll")}
				options={sorted((choices?.terminals ?? []).map(({ id, name }) => [id, name || id]))}
				onPick={(terminal) => put({ terminal })}
				testid="log-terminal"
			/>
			<SelectField
				label={t("logWhy")}
				value={filter.reason ?? null}
				none={t("logAll")}
				options={sorted((choices?.reasons ?? []).map((reason) => [reason, whyWord(reason)]))}
				onPick={(reason) => put({ reason })}
				testid="log-reason"
			/>
			{branches.length > 1 && (
				<SelectField
					label={t("branch")}
					value={filter.branch ?? null}
					none={t("logAll")}
					options={sorted(branches.map(({ id, name }) => [id, `${name}(${id})`]))}
					onPick={(branch) => put({ branch })}
					testid="log-branch"
				/>
			)}
		</search>
	);
}

/** The filter as it can be asked for: a day that is still being typed, or one character, is none yet. */
export function asked(filter: LogFilter, text: string): LogFilter {
	const day = (value: string | null | undefined) => (value && parseDay(value) === value ? value : null);
	const long = [...text.trim()].length >= SHORTEST;
	return { ...filter, from: day(filter.from), until: day(filter.until), text: long ? text.trim() : null };
}
