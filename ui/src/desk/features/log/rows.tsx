// A table of any length: only the rows in sight are there. The bar at its side stands for all of them; a browser's elements can't
// be as high as a million rows, so with very many a step of the bar is several rows.
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { composing } from "../../../shared/keyboard";

/** Highest element, px: WebKit counts no further than 2^25. */
const HIGHEST = 8_000_000;

type Props = {
	total: number;
	/** Height of a row in rem. */
	height: number;
	label: string;
	header: ReactNode;
	/** First row in sight, and the one that the keys are at. */
	first: number;
	at: number;
	onFirst: (first: number) => void;
	onAt: (at: number) => void;
	onOpen: (at: number) => void;
	/** Told how many rows are in sight. */
	onRoom: (room: number) => void;
	row: (offset: number) => ReactNode;
};

const rem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

export function Rows(props: Props) {
	const { total, first, at, onFirst, onAt, onOpen, onRoom } = props;
	const box = useRef<HTMLDivElement>(null);
	const [room, setRoom] = useState(10);
	const pixels = props.height * rem();
	const last = Math.max(0, total - room);
	const step = last > 0 ? Math.min(pixels, HIGHEST / last) : pixels;
	useLayoutEffect(() => {
		const element = box.current;
		if (!element) return;
		const measure = () => {
			const header = element.querySelector("thead")?.getBoundingClientRect().height ?? 0;
			const now = Math.max(3, Math.floor((element.clientHeight - header) / pixels));
			setRoom(now);
			onRoom(now);
		};
		const watch = new ResizeObserver(measure);
		watch.observe(element);
		measure();
		return () => watch.disconnect();
	}, [pixels, onRoom]);
	useLayoutEffect(() => {
		const element = box.current;
		if (element && Math.round(element.scrollTop / step) !== first) element.scrollTop = first * step;
	}, [first, step]);
	const to = (next: number) => {
		const place = Math.max(0, Math.min(total - 1, next));
		onAt(place);
		if (place < first) onFirst(place);
		else if (place >= first + room) onFirst(Math.min(last, place - room + 1));
	};
	const pressed = (event: KeyboardEvent) => {
		if (composing(event.nativeEvent) || event.ctrlKey || event.altKey || event.metaKey) return;
		const moves: Partial<Record<string, number>> = {
			ArrowDown: at + 1,
			ArrowUp: at - 1,
			PageDown: at + room,
			PageUp: at - room,
			Home: 0,
			End: total - 1,
		};
		const next = moves[event.key];
		if (next !== undefined) to(next);
		else if (event.key === "Enter" && total > 0) onOpen(at);
		else return;
		event.preventDefault();
	};
	const shown = [...Array(Math.max(0, Math.min(room, total - first))).keys()].map((row) => row + first);
	return (
		<div
			ref={box}
			className="rows"
			// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
			tabIndex={0}
			role="region"
			aria-label={props.label}
			data-testid="log-rows"
			data-first={first}
			data-total={total}
			onKeyDown={pressed}
			onScroll={(event) => {
				const place = Math.min(last, Math.round(event.currentTarget.scrollTop / step));
				if (place !== first) {
					onFirst(place);
					onAt(Math.max(place, Math.min(at, place + room - 1)));
				}
			}}
		>
			<div style={{ height: `calc(100% + ${last * step}px)` }}>
				<div className="rows-sight">
					<table className="dense" aria-rowcount={total + 1} aria-label={props.label}>
						{props.header}
						<tbody>{shown.map(props.row)}</tbody>
					</table>
				</div>
			</div>
		</div>
	);
}
