// 再契約: the days between the end of the old certificates and the first possible pickup, said in words.
import { dayBeforeShort, dayShort, daysBetween, parseDay } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";

type Props = { closingOn: string; openedOn: string; renumbered: boolean };

export function WithoutAccess({ closingOn, openedOn, renumbered }: Props) {
	if (!parseDay(closingOn) || !parseDay(openedOn)) return null;
	const days = daysBetween(closingOn, openedOn);
	const words =
		days > 0
			? t("withoutAccessDays", { days, from: dayShort(closingOn), to: dayBeforeShort(openedOn) })
			: days === 0
				? t("withoutAccessSameDay")
				: t(renumbered ? "withoutAccessNoneRenumbered" : "withoutAccessNone", { day: dayShort(closingOn) });
	return (
		<p className={days >= 0 ? "note note-warn" : "note note-good"} role="status" data-testid="without-access">
			<b>{t("withoutAccess")}</b>
			<span>{words}</span>
		</p>
	);
}
