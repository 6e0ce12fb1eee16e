// A value of a setting in words. What an entry holds is one text for each part of it, with a blank between.
import type { Unit } from "../../../generated/desk";
import { dayShort } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { choiceWord, unitWord } from "../../../shared/text/policy-words";

export function settingValue(value: string, unit: Unit | null | undefined): string {
	if (value === "") return t("policyNone");
	const word = (part: string) => {
		if (unit) return t("numberUnit", { number: part, unit: unitWord(unit) });
		return /^\d{4}-\d{2}-\d{2}$/.test(part) ? dayShort(part) : choiceWord(part);
	};
	return value.split(" ").map(word).join(t("listComma"));
}
