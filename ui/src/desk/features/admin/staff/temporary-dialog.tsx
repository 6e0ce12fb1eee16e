// A temporary password: on the screen once, and in no query, log or store.
import { t } from "../../../../shared/text/ja";
import { Dialog } from "../../../../shared/ui/dialog";
import type { Handed } from "./staff";

const leads = { whole: "temporaryWhole", first: "temporaryFirst", second: "temporarySecond" } as const;

export function TemporaryDialog({ handed, onClose }: { handed: Handed; onClose: () => void }) {
	return (
		<Dialog title={t("temporaryTitle")} onClose={onClose} testid="temporary-dialog">
			<p>
				<b>
					{handed.name}({handed.staffId})
				</b>
			</p>
			<p>{t(leads[handed.temporary.part])}</p>
			<p className="temporary-password" data-testid="temporary-password" data-part={handed.temporary.part}>
				{handed.temporary.text}
			</p>
			<p className="note note-warn">{t("temporaryOnce")}</p>
			<div className="buttons">
				<button type="button" className="primary" onClick={onClose} data-testid="temporary-close" autoFocus>
					{t("temporaryNoted")}
				</button>
			</div>
		</Dialog>
	);
}
