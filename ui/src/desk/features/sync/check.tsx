// 台帳の写しの点検と作り直し: whether what is stored here is what was verified, and everything made from it anew.
import { useMutation } from "@tanstack/react-query";
import type { CheckPhase, CheckView } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { type TextKey, t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";

const verdicts: Record<CheckPhase, TextKey> = {
	none: "checkNone",
	reading: "checkReading",
	rebuilding: "checkRebuilding",
	same: "checkSame",
	repaired: "checkRepaired",
	damaged: "checkDamaged",
	failed: "checkFailed",
};

export function Check({ check }: { check: CheckView }) {
	const begin = useMutation({ mutationFn: desk.checkReplica });
	const running = check.phase === "reading" || check.phase === "rebuilding";
	return (
		<section className="card" data-testid="check" data-phase={check.phase}>
			<h2>{t("check")}</h2>
			<p className="quiet">{t("checkLead")}</p>
			<p className={check.phase === "damaged" ? "note note-error" : undefined} role="status">
				{t(verdicts[check.phase])} {check.at && !running && dateTime(check.at)}
			</p>
			{running && (
				<p>
					<progress value={check.done} max={Math.max(check.total, 1)} aria-label={t("check")} />{" "}
					<span className="number">
						{check.done.toLocaleString("ja-JP")} / {check.total.toLocaleString("ja-JP")}
					</span>
				</p>
			)}
			<ErrorNote cause={begin.error} />
			<button
				type="button"
				disabled={running || begin.isPending}
				onClick={() => begin.mutate()}
				data-testid="check-begin"
			>
				{t("checkBegin")}
			</button>
		</section>
	);
}
