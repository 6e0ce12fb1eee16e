// A desk's claim of when something was made, beside the centre's time: where they differ, or it was made off-line.
import { dateTime } from "../dates";
import { t } from "../text/ja";

export function MadeAt({ madeAt, offline }: { madeAt: string | null | undefined; offline: boolean }) {
	if (!madeAt) return null;
	return (
		<small className="made-at" data-testid="made-at">
			{offline && <b>{t("madeOffline")}</b>} {t("madeAtClaim", { at: dateTime(madeAt) })}
		</small>
	);
}
