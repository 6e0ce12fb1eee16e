// A value of a setting in words, and its range.
import type { PolicySettingView } from "../../../../generated/desk";
import { dayShort } from "../../../../shared/dates";
import { t } from "../../../../shared/text/ja";
import { choiceWord, unitWord } from "../../../../shared/text/policy-words";

export function valueText(setting: PolicySettingView | undefined, value: string[]): string {
	if (value.length === 0) return t("policyNone");
	const unit = unitWord(setting?.unit);
	switch (setting?.kind) {
		case "number":
		case "numbers":
			return value.map((one) => `${one}${unit}`).join("、");
		case "days":
			return value.map(dayShort).join("、");
		default:
			return value.map(choiceWord).join("、");
	}
}

export function rangeText(setting: PolicySettingView): string {
	if (setting.min !== null && setting.min !== undefined) {
		return t("policyRange", { min: setting.min, max: setting.max ?? "", unit: unitWord(setting.unit) });
	}
	return setting.kind === "days" ? t("policyDays") : setting.choices.map(choiceWord).join(" / ");
}
