// How much of the log is here, how fast it comes and how long it will take; it can be stopped, and what is here used.
import type { Progress } from "../../generated/desk";
import { desk } from "../../shared/ipc";
import { t } from "../../shared/text/ja";

const count = (number: number) => number.toLocaleString("ja-JP");

/** In minutes, or seconds where it is nearly over. */
function remaining(seconds: number | null | undefined): string {
	if (seconds === null || seconds === undefined) return t("arrivingUnknown");
	return seconds < 90
		? t("arrivingSeconds", { seconds: Math.max(1, seconds) })
		: t("arrivingMinutes", { minutes: Math.ceil(seconds / 60) });
}

export function Arriving({ progress, starting = false }: { progress: Progress; starting?: boolean }) {
	const fetching = progress.stored < progress.total;
	return (
		<section className="arriving" data-testid="arriving">
			<strong>{t(progress.paused ? "arrivingPaused" : fetching ? "arriving" : "arrivingApplied")}</strong>
			<progress value={progress.stored + progress.applied} max={2 * progress.total} aria-label={t("arriving")} />
			<span className="number" data-testid="arriving-count">
				{t("arrivingCount", {
					stored: count(progress.stored),
					applied: count(progress.applied),
					total: count(progress.total),
				})}
			</span>
			{!progress.paused && (
				<span className="number" data-testid="arriving-rate">
					{t("arrivingRate", { rate: count(progress.perSecond) })} {remaining(progress.remainingS)}
				</span>
			)}
			<span className="buttons">
				{starting && (
					<button type="button" className="primary" onClick={() => desk.openMeanwhile()} data-testid="use-meanwhile">
						{t("arrivingUse")}
					</button>
				)}
				<button type="button" onClick={() => desk.syncPause(!progress.paused)} data-testid="sync-pause">
					{t(progress.paused ? "arrivingResume" : "arrivingStop")}
				</button>
			</span>
			<small>{t("arrivingMeanwhile")}</small>
		</section>
	);
}
