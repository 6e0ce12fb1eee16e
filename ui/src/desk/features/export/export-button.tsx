// A list or a report as a file, in the language of whoever reads the screen: which kind, and one button (Ctrl+E). The kind that
// was chosen last is offered again.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ExportAs, ExportFormat } from "../../../generated/desk";
import { type TextKey, t } from "../../../shared/text/ja";
import { language } from "../../../shared/text/language";
import { ErrorNote } from "../../../shared/ui/error-note";

const formats: ExportFormat[] = ["csv_utf8", "csv_shift_jis", "xlsx", "pdf"];
const words: Record<ExportFormat, TextKey> = {
	csv_utf8: "exportCsv",
	csv_shift_jis: "exportCsvShiftJis",
	xlsx: "exportXlsx",
	pdf: "exportPdf",
};
let last: ExportFormat = "csv_utf8";

export function useExport(save: (how: ExportAs) => Promise<string | null>) {
	const [format, setFormat] = useState(last);
	const saving = useMutation({ mutationFn: () => save({ format, language: language() }) });
	const { mutate } = saving;
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (document.querySelector("dialog[open]")) return;
			if (!event.ctrlKey || event.key.toLowerCase() !== "e") return;
			event.preventDefault();
			mutate();
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	}, [mutate]);
	const choose = (chosen: ExportFormat) => {
		last = chosen;
		setFormat(chosen);
		saving.reset();
	};
	return { format, choose, saving };
}

type Exporting = ReturnType<typeof useExport>;

export function ExportButton({ exporting: { format, choose, saving } }: { exporting: Exporting }) {
	return (
		<span className="export">
			<select
				aria-label={t("exportFormat")}
				value={format}
				onChange={(event) => choose(formats.find((one) => one === event.target.value) ?? "csv_utf8")}
				data-testid="export-format"
			>
				{formats.map((one) => (
					<option key={one} value={one}>
						{t(words[one])}
					</option>
				))}
			</select>
			<button
				type="button"
				className="quiet-button"
				disabled={saving.isPending}
				onClick={() => saving.mutate()}
				data-testid="export"
			>
				{t("listExport")} <kbd>Ctrl+E</kbd>
			</button>
		</span>
	);
}

type Saved = { data: string | null | undefined; error: Error | null };

/** Where it was saved, or what was wrong with it. */
export function Exported({ exporting: { saving } }: { exporting: { saving: Saved } }) {
	return (
		<>
			<ErrorNote cause={saving.error} />
			{saving.data && (
				<p className="note note-good" role="status" data-testid="exported">
					{t("listExported", { path: saving.data })}
				</p>
			)}
		</>
	);
}
