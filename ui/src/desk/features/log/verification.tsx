// 検証: that the record was not tampered with is computed here, on this PC, with everything it can't say.
import { useMutation } from "@tanstack/react-query";
import type { HeadView, VerifyPhase, VerifyView } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { type TextKey, t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";
import { Compare } from "./compare";
import { findingTexts, gapTexts } from "./words";

const verdicts: Record<VerifyPhase, readonly [TextKey, string]> = {
	never: ["verifyNever", ""],
	running: ["verifyRunning", ""],
	stopped: ["verifyStopped", "note-warn"],
	sound: ["verifySound", "note-good"],
	broken: ["verifyBroken", "note-error"],
	failed: ["verifyFailed", "note-error"],
};

export function Verification() {
	const read = useDesk("status", ["verification"], desk.verification);
	const begin = useMutation({ mutationFn: desk.verifyBegin });
	const stop = useMutation({ mutationFn: desk.verifyStop });
	const view = read.data;
	if (!view)
		return <main className="page">{read.error ? <ErrorNote cause={read.error} /> : <p>{t("loading")}</p>}</main>;
	const [verdict, tone] = verdicts[view.phase];
	const running = view.phase === "running";
	const many = (count: number) => count.toLocaleString("ja-JP");
	return (
		<main className="page" data-testid="verification" data-phase={view.phase}>
			<h1>{t("verify")}</h1>
			<p className="quiet">{t("verifyLead")}</p>
			<div className={`note ${tone}`} role="status" data-testid="verdict">
				<b>{t(verdict)}</b>
				{view.at && !running && <small>{dateTime(view.at)}</small>}
				{view.phase === "broken" && <span>{t("verifyBrokenNext")}</span>}
			</div>
			{(running || view.phase === "stopped") && (
				<p>
					<progress value={view.done} max={Math.max(view.total, 1)} aria-label={t("verify")} />{" "}
					<span className="number">
						{many(view.done)} / {many(view.total)}
					</span>
				</p>
			)}
			<p className="buttons">
				{running ? (
					<button type="button" onClick={() => stop.mutate()} data-testid="verify-stop">
						{t("verifyStop")}
					</button>
				) : (
					<button type="button" className="primary" autoFocus onClick={() => begin.mutate()} data-testid="verify-begin">
						{t(view.phase === "stopped" ? "verifyGoOn" : "verifyBegin")}
					</button>
				)}
			</p>
			<ErrorNote cause={begin.error ?? stop.error} />
			<Findings view={view} />
			<div className="verify-parts">
				<section className="card">
					<h2>{t("verifyCounts")}</h2>
					<dl className="counts">
						<dt>{t("verifyLeaves")}</dt>
						<dd className="number">{many(view.done)}</dd>
						<dt>{t("verifySigned")}</dt>
						<dd className="number" data-testid="verify-signed">
							{many(view.signed)}
						</dd>
						<dt>{t("verifyRemembered")}</dt>
						<dd className="number" data-testid="verify-remembered">
							{many(view.remembered)}
						</dd>
					</dl>
					<h3>{t("verifyGaps")}</h3>
					{view.gaps.length === 0 && <p className="quiet">{t("verifyGapsNone")}</p>}
					<ul className="gaps" data-testid="gaps">
						{view.gaps.map((gap) => (
							<li key={gap.kind} data-kind={gap.kind}>
								<b>{t(gapTexts[gap.kind][0], { count: many(gap.count) })}</b>
								<small className="under">{t(gapTexts[gap.kind][1])}</small>
							</li>
						))}
					</ul>
				</section>
				<section className="card">
					<Head head={view.head} />
					<details>
						<summary>{t("verifyCheckpoint")}</summary>
						<pre className="json">{view.checkpoint}</pre>
						<p>
							{t("verifyKey")} <code className="serial">{view.logKey}</code>
						</p>
					</details>
					<Compare />
				</section>
			</div>
		</main>
	);
}

function Findings({ view }: { view: VerifyView }) {
	if (view.findings.length === 0) return null;
	return (
		<section>
			<h2>{t("verifyFindings")}</h2>
			<ul data-testid="findings">
				{view.findings.map((finding) => (
					<li key={`${finding.index} ${finding.why}`}>
						{finding.index == null ? (
							t("verifyTree")
						) : (
							<a href={formatRoute({ screen: "log-entry", index: finding.index })}>
								{t("logIndex")} {finding.index}
							</a>
						)}{" "}
						{t(findingTexts[finding.kind])}
						<small className="under">
							{t("findingDetail")}{" "}
							<code className="wrap" lang="en">
								{finding.why}
							</code>
						</small>
					</li>
				))}
			</ul>
		</section>
	);
}

function Head({ head }: { head: HeadView }) {
	return (
		<>
			<h2>{t("verifyHead")}</h2>
			<dl className="counts">
				<dt>{t("verifySize")}</dt>
				<dd className="number" data-testid="head-size">
					{head.size.toLocaleString("ja-JP")}
				</dd>
				<dt>{t("verifyRoot")}</dt>
				<dd>
					<code className="serial">{head.root}</code>
				</dd>
			</dl>
			<ol className="words" data-testid="head-words">
				{head.words.map((word, place) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: a word may stand twice; its place is what it is
					<li key={place}>{word}</li>
				))}
			</ol>
		</>
	);
}
