// A state by word and shape, never by colour alone.
import type { ApplicationState, CertificateState, OutboxState } from "../../generated/desk";
import { applicationWord, certificateWord, outboxWord } from "../text/words";

type Shape = "ring" | "half" | "dot" | "pause" | "cross" | "dash" | "clock" | "check" | "back";

const certificateShapes: Record<CertificateState, Shape> = {
	authorised: "ring",
	signed: "half",
	active: "dot",
	suspended: "pause",
	revoked: "cross",
	expired: "clock",
	lapsed: "clock",
	cancelled: "dash",
};
const applicationShapes: Record<ApplicationState, Shape> = {
	submitted: "ring",
	returned: "back",
	rejected: "cross",
	withdrawn: "dash",
	approved: "half",
	completed: "check",
};
const outboxShapes: Record<OutboxState, Shape> = {
	waiting: "ring",
	sending: "half",
	held: "pause",
	confirmed: "check",
	refused: "cross",
};

const paths: Record<Shape, string> = {
	ring: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Zm0 2a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
	half: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Zm0 2v6a3 3 0 0 1 0-6Z",
	dot: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z",
	pause: "M4 3h3v10H4zM9 3h3v10H9z",
	cross: "m4.5 3 3.5 3.5L11.5 3 13 4.5 9.5 8l3.5 3.5-1.5 1.5L8 9.5 4.5 13 3 11.5 6.500 8 3 4.500Z",
	dash: "M3 7h10v2H3z",
	clock: "M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11ZM8.800 4.500v3.200l2.200 1.300-.8 1.300-3-1.800v-4Z",
	check: "m6.500 12.500-4-4L4 7l2.500 2.500L12 4l1.500 1.500Z",
	back: "M7 3v3h2a4 4 0 0 1 4 4v3h-2v-3a2 2 0 0 0-2-2H7v3L2 7Z",
};

function Badge({ shape, word, state }: { shape: Shape; word: string; state: string }) {
	return (
		<span className={`badge badge-${state}`} data-state={state}>
			<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
				<path d={paths[shape]} fill="currentColor" />
			</svg>
			{word}
		</span>
	);
}

export const CertificateBadge = ({ state }: { state: CertificateState }) => (
	<Badge shape={certificateShapes[state]} word={certificateWord(state)} state={state} />
);
export const ApplicationBadge = ({ state }: { state: ApplicationState }) => (
	<Badge shape={applicationShapes[state]} word={applicationWord(state)} state={state} />
);
export const OutboxBadge = ({ state }: { state: OutboxState }) => (
	<Badge shape={outboxShapes[state]} word={outboxWord(state)} state={state} />
);
