// 事故・変更の受付: one question at a time, answered by a number key; Esc takes one answer back.
import { useEffect, useState } from "react";
import type { Answer, GuideEnd, Question } from "../../../generated/desk";
import { asErrorView, desk } from "../../../shared/ipc";
import { composing } from "../../../shared/keyboard";
import { answerWord } from "../../../shared/text/guide-words";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { Ask } from "./ask";
import { Done } from "./done";
import { End } from "./end";

type Given = { question: Question; answer: Answer };
export type Finished = { end: GuideEnd; incident: string | null; inForce: boolean };

export function Guide({ id }: { id: string }) {
	const [given, setGiven] = useState<Given[]>([]);
	const [finished, setFinished] = useState<Finished | null>(null);
	// While it is being done the customer changes under the conversation: nothing is asked anew then.
	const [acting, setActing] = useState(false);
	const answers = given.map((one) => one.answer);
	const read = useDesk(
		"customers",
		["guide", id, answers],
		() => desk.guide(id, answers),
		finished === null && !acting,
	);
	const view = read.data;
	const stepsBack = given.length > 0 && finished === null && !acting;
	const changed = given.length > 0 && read.error && asErrorView(read.error).code === "request_malformed";
	useEffect(() => {
		if (!stepsBack) return;
		const pressed = (event: KeyboardEvent) => {
			if (event.key !== "Escape" || composing(event) || document.querySelector("dialog[open]")) return;
			// Before the frame takes it as "leave this screen".
			event.preventDefault();
			event.stopImmediatePropagation();
			setGiven((all) => all.slice(0, -1));
		};
		window.addEventListener("keydown", pressed, true);
		return () => window.removeEventListener("keydown", pressed, true);
	}, [stepsBack]);
	return (
		<main className="page" data-testid="guide-page">
			<h1>
				{t("guide")} <small>{view?.customerName}</small>
			</h1>
			{given.length > 0 && (
				<ol className="guide-given" data-testid="guide-given">
					{given.map((one) => (
						<li key={one.question}>{answerWord(one.answer, one.question)}</li>
					))}
				</ol>
			)}
			{!finished && !acting && !changed && <ErrorNote cause={read.error} />}
			{!finished && !acting && changed && <p className="note note-warn">{t("guideChanged")}</p>}
			{finished && <Done customer={id} finished={finished} />}
			{!finished && view?.asks && !changed && (
				<Ask
					key={view.asks.question}
					asks={view.asks}
					onAnswer={(answer) => view.asks && setGiven([...given, { question: view.asks.question, answer }])}
				/>
			)}
			{!finished && view?.ends && !changed && (
				<End customer={id} answers={answers} end={view.ends} onActing={setActing} onDone={setFinished} />
			)}
			{stepsBack && (
				<p>
					<button type="button" onClick={() => setGiven(given.slice(0, -1))} data-testid="guide-back">
						{t("guideStepBack")} <kbd>Esc</kbd>
					</button>
				</p>
			)}
		</main>
	);
}
