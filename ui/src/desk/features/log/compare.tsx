// The head of the log with what stands on paper: words, a hash, or the line that a scanner types.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { parseCount } from "./parse-count";

export function Compare() {
	const [size, setSize] = useState("");
	const [text, setText] = useState("");
	const count = parseCount(size);
	const compare = useMutation({ mutationFn: () => desk.compareHead(count, text) });
	const unreadable = size.trim() !== "" && count === null;
	// Whoever types the words alone is asked for what stands beside them.
	const missing = size.trim() === "" && fieldError(compare.error, "size") !== undefined;
	const sizeError = unreadable ? t("compareSizeUnreadable") : missing ? t("compareSizeMissing") : undefined;
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				if (!unreadable) compare.mutate();
			}}
			data-testid="compare"
		>
			<h3>{t("compareHead")}</h3>
			<p className="quiet">{t("compareLead")}</p>
			<Field
				label={t("verifySize")}
				value={size}
				inputMode="numeric"
				onText={setSize}
				error={sizeError}
				optional
				data-testid="compare-size"
			/>
			<Field label={t("compareText")} value={text} onText={setText} data-testid="compare-text" />
			<button type="submit" disabled={text.trim() === "" || unreadable || compare.isPending} data-testid="compare-go">
				{t("compareGo")}
			</button>
			{!sizeError && <ErrorNote cause={compare.error} />}
			{compare.data && (
				<p className="note note-good" role="status" data-testid="compare-same">
					{t("compareSame", { size: compare.data.size.toLocaleString("ja-JP") })}
				</p>
			)}
		</form>
	);
}
