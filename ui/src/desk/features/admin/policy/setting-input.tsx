// The input of one setting, by what it holds.
import { useState } from "react";
import type { PolicySettingView } from "../../../../generated/desk";
import { parseDay } from "../../../../shared/dates";
import { t } from "../../../../shared/text/ja";
import { choiceWord, settingWord } from "../../../../shared/text/policy-words";
import { CheckField, Field, SelectField } from "../../../../shared/ui/field";
import { rangeText } from "./value";

type Props = {
	setting: PolicySettingView;
	value: string[];
	error: string | undefined;
	onValue: (value: string[]) => void;
};

export function SettingInput({ setting, value, error, onValue }: Props) {
	const testid = `policy-input-${setting.key}`;
	switch (setting.kind) {
		case "one":
			return (
				<SelectField
					label={settingWord(setting.key)}
					value={value[0] ?? null}
					options={setting.choices.map((one) => [one, choiceWord(one)] as const)}
					error={error}
					testid={testid}
					onPick={(picked) => onValue(picked ? [picked] : [])}
				/>
			);
		case "some":
			return (
				<fieldset className="field" data-testid={testid}>
					<legend>{settingWord(setting.key)}</legend>
					{setting.choices.map((one) => (
						<CheckField
							key={one}
							label={choiceWord(one)}
							checked={value.includes(one)}
							testid={`${testid}-${one}`}
							onCheck={(on) => onValue(on ? [...value, one] : value.filter((other) => other !== one))}
						/>
					))}
					{error && <small className="field-error">{error}</small>}
				</fieldset>
			);
		default:
			return <TextInput {...{ setting, value, error, onValue }} />;
	}
}

/** A number, or several parts with a comma between them. */
function TextInput({ setting, value, error, onValue }: Props) {
	const [text, setText] = useState(() => value.join(", "));
	const part = (typed: string) => (setting.kind === "days" ? (parseDay(typed) ?? typed) : typed);
	return (
		<Field
			label={settingWord(setting.key)}
			value={text}
			hint={setting.kind === "number" ? rangeText(setting) : t("policySeveral", { range: rangeText(setting) })}
			error={error}
			data-testid={`policy-input-${setting.key}`}
			onText={(typed) => {
				setText(typed);
				const parts = typed.normalize("NFKC").split(/[,、\s]+/);
				onValue(parts.filter((one) => one !== "").map(part));
			}}
		/>
	);
}
