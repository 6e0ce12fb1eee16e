// One question with its answers. Digits answer the first nine, arrow keys and Enter any.
import { useEffect, useRef } from "react";
import type { Answer, GuideAsk, GuideOption } from "../../../generated/desk";
import { composing } from "../../../shared/keyboard";
import { answerWord, questionLead, questionWord } from "../../../shared/text/guide-words";
import { t } from "../../../shared/text/ja";
import { userRoleWord } from "../../../shared/text/words";
import { CertificateBadge } from "../../../shared/ui/state-badge";

type Props = { asks: GuideAsk; onAnswer: (answer: Answer) => void };

const testid = (answer: Answer): string => {
	switch (answer.kind) {
		case "happened":
			return `guide-${answer.happened}`;
		case "user":
			return `guide-${answer.user}`;
		case "contract":
			return `guide-${answer.contract}`;
		default:
			return `guide-${answer.kind}`;
	}
};

export function Ask({ asks, onAnswer }: Props) {
	const heading = useRef<HTMLHeadingElement>(null);
	const list = useRef<HTMLDivElement>(null);
	useEffect(() => heading.current?.focus(), []);
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (composing(event) || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
			const chosen = asks.options[Number(event.key) - 1];
			if (chosen) {
				event.preventDefault();
				onAnswer(chosen.answer);
				return;
			}
			const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
			if (step === 0) return;
			event.preventDefault();
			const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
			const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
			buttons[Math.min(Math.max(now + step, 0), buttons.length - 1)]?.focus();
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	}, [asks, onAnswer]);
	const lead = questionLead[asks.question];
	return (
		<section data-testid="guide-question" data-question={asks.question}>
			<h2 ref={heading} tabIndex={-1} className="guide-question">
				{questionWord(asks.question)}
			</h2>
			{lead && <p className="quiet">{t(lead)}</p>}
			<div ref={list} className="guide-options">
				{asks.options.map((option, index) => (
					<button
						key={testid(option.answer)}
						type="button"
						onClick={() => onAnswer(option.answer)}
						data-testid={testid(option.answer)}
					>
						{index < 9 && <kbd>{index + 1}</kbd>}
						<span>{answerWord(option.answer, asks.question)}</span>
						<About option={option} />
					</button>
				))}
			</div>
		</section>
	);
}

/** What is known of a user ID, so that the right PC is chosen. */
function About({ option }: { option: GuideOption }) {
	if (option.answer.kind !== "user") return null;
	return (
		<span className="guide-about">
			{option.role && userRoleWord(option.role)} {option.deviceLabel}{" "}
			{option.certificate && <CertificateBadge state={option.certificate} />}
		</span>
	);
}
