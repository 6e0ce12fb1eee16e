// Where a contract stands, in a word.
import type { ContractStandsView } from "../../../generated/desk";
import { dayShort, todayIso } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";

export function contractStanding({ active, openedOn, closingOn }: ContractStandsView): string {
	if (active && openedOn > todayIso()) return t("openingAhead");
	if (!closingOn) return active ? t("contractActive") : t("contractClosed");
	return t(active ? "closingAhead" : "closingDone", { day: dayShort(closingOn) });
}
