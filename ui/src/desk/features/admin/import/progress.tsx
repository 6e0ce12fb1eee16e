// How far the file is, and the way to give it up.
import type { ImportView } from "../../../../generated/desk";
import { type TextKey, t } from "../../../../shared/text/ja";

const words: Record<ImportView["step"], TextKey> = {
	nothing: "importSending",
	sending: "importSending",
	looking: "importLooking",
	looked: "importLooking",
	writing: "importWriting",
	written: "importWriting",
	failed: "importSending",
};

export function Progress({ view, onCancel }: { view: ImportView; onCancel: () => void }) {
	const known = view.total > 0;
	return (
		<div data-testid="import-progress">
			<p role="status">
				{t(words[view.step])} {view.step !== "sending" && view.done > 0 && t("importDone", { count: view.done })}
			</p>
			<progress aria-label={t(words[view.step])} {...(known ? { value: view.done, max: view.total } : {})} />
			<div className="buttons">
				<button type="button" onClick={onCancel} data-testid="import-cancel">
					{t("importCancel")}
				</button>
			</div>
		</div>
	);
}
