// A day as people in a branch write it: 2026/11/24, 20261124, R8.11.24, 令和8年11月24日. The reading is shown beside it.
import { useEffect, useState } from "react";
import { dayShort, dayWithEra, parseDay } from "../dates";
import { t } from "../text/ja";
import { Field } from "./field";

type Props = {
	label: string;
	/** `YYYY-MM-DD`, or what was typed where it is no day: the desk refuses that and names the field. */
	value: string;
	error?: string | undefined;
	onDay: (day: string) => void;
	"data-testid": string;
};

const shown = (value: string) => (parseDay(value) ? dayShort(value) : value);

export function DayField({ label, value, error, onDay, ...rest }: Props) {
	const [text, setText] = useState(() => shown(value));
	// A value that did not come from this field's own text replaces it.
	useEffect(() => {
		setText((now) => ((parseDay(now) ?? now) === value ? now : shown(value)));
	}, [value]);
	const day = parseDay(text);
	return (
		<Field
			label={label}
			value={text}
			inputMode="text"
			error={error ?? (text !== "" && day === null ? t("dayUnreadable") : undefined)}
			{...(day ? { hint: dayWithEra(day) } : {})}
			onText={(typed) => {
				setText(typed);
				onDay(parseDay(typed) ?? typed);
			}}
			{...rest}
		/>
	);
}
