// A month as people in a branch write it: 2026-11, 2026/1, 2026年11月, R8.11. What can't be read says so: what is shown below is not
// of the month that was meant.
import { useState } from "react";
import { parseMonth } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { Field } from "../../../shared/ui/field";

type Props = {
	label: string;
	/** `YYYY-MM` */
	value: string;
	error: string | undefined;
	onMonth: (month: string) => void;
	"data-testid": string;
};

export function MonthField({ label, value, error, onMonth, ...rest }: Props) {
	const [text, setText] = useState(value);
	const month = parseMonth(text);
	return (
		<Field
			label={label}
			value={text}
			error={month === null ? t("reportMonthUnreadable") : error}
			hint={month !== null && month !== text ? month : t("reportMonthHint")}
			onText={(typed) => {
				setText(typed);
				const read = parseMonth(typed);
				if (read) onMonth(read);
			}}
			{...rest}
		/>
	);
}
