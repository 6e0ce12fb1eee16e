// One box that finds a customer by anything that may be said on the phone.
import { useEffect, useRef, useState } from "react";
import { desk } from "../../../shared/ipc";
import { composing } from "../../../shared/keyboard";
import { t } from "../../../shared/text/ja";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { formatRoute, go, type Route } from "../../route";
import { StopElsewhere } from "../incident/stop-elsewhere";

// Kept while the window lives, so that Esc from a customer comes back to the same hits.
let lastText = "";

/** `then`: where a customer that was found is taken to. */
export function Search({ then = "customer" }: { then?: "customer" | "guide" }) {
	const [text, setText] = useState(lastText);
	const [elsewhere, setElsewhere] = useState(false);
	const target = (id: string): Route => ({ screen: then, id });
	const [chosen, setChosen] = useState(0);
	const found = useDesk("customers", ["search", text], () => desk.search(text), text.trim() !== "");
	const rows = text.trim() === "" ? [] : (found.data?.hits ?? []);
	const box = useRef<HTMLInputElement>(null);
	// Not only on focus: in a window that is not in front, the box has the focus without the event.
	useEffect(() => box.current?.select(), []);
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (event.key !== "F9" || document.querySelector("dialog[open]")) return;
			event.preventDefault();
			setElsewhere(true);
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	}, []);
	const open = (index: number) => {
		const hit = rows[index];
		if (hit) go(target(hit.customerId));
	};
	return (
		<main className="page" data-testid="search">
			<h1>{t(then === "guide" ? "guideFind" : "navSearch")}</h1>
			<input
				ref={box}
				id="search-box"
				className="search-box"
				type="search"
				role="combobox"
				aria-expanded={rows.length > 0}
				aria-controls="search-hits"
				aria-activedescendant={rows.length > 0 ? `hit-${chosen}` : undefined}
				aria-label={t("navSearch")}
				placeholder={t("searchPlaceholder")}
				value={text}
				autoFocus
				autoComplete="off"
				spellCheck={false}
				data-testid="search-box"
				onFocus={(event) => event.target.select()}
				onChange={(event) => {
					lastText = event.target.value;
					setText(event.target.value);
					setChosen(0);
				}}
				onKeyDown={(event) => {
					if (composing(event)) return;
					if (event.key === "ArrowDown") setChosen(Math.min(chosen + 1, rows.length - 1));
					else if (event.key === "ArrowUp") setChosen(Math.max(chosen - 1, 0));
					else if (event.key === "Enter") open(chosen);
					else return;
					event.preventDefault();
				}}
			/>
			<ErrorNote cause={found.error} />
			{text.trim() === "" && <Empty title={t("searchEmpty")} />}
			{found.data && rows.length === 0 && text.trim() !== "" && (
				<Empty title={t("searchNone", { text })} next={t("searchNoneNext")} />
			)}
			{rows.length > 0 && found.data?.more && (
				<p className="note" role="status" data-testid="search-more">
					{t("searchMore", { count: rows.length })}
				</p>
			)}
			<div id="search-hits" role="listbox" aria-label={t("searchHits", { count: rows.length })} className="hits">
				{rows.map((hit, index) => (
					<a
						key={hit.customerId}
						id={`hit-${index}`}
						role="option"
						tabIndex={-1}
						aria-selected={index === chosen}
						href={formatRoute(target(hit.customerId))}
						data-testid="hit"
					>
						<span className="hit-name">
							<small>{hit.kana}</small>
							<b>{hit.name}</b>
						</span>
						<span className="quiet">
							{t("cif")} {hit.cif}
						</span>
						<span className="quiet">{hit.phone}</span>
						<span className="quiet">
							{hit.matched !== "name" && hit.matched !== "kana" && hit.matched !== "phone" && hit.matched !== "cif"
								? hit.matchedText
								: ""}
						</span>
					</a>
				))}
			</div>
			<p>
				<button type="button" onClick={() => go({ screen: "new-customer" })} data-testid="new-customer">
					{t("newCustomer")}
				</button>{" "}
				<button type="button" className="danger" onClick={() => setElsewhere(true)} data-testid="elsewhere">
					{t("elsewhere")} <kbd>F9</kbd>
				</button>
			</p>
			{elsewhere && <StopElsewhere text={rows.length === 0 ? text : ""} onClose={() => setElsewhere(false)} />}
		</main>
	);
}
