// What goes over with customers, as the centre counts it: shown before anybody asks for it, and before anybody agrees.
import type { TakenAlongView } from "../../../../generated/desk";
import { t } from "../../../../shared/text/ja";

export function TakenAlong({ counts }: { counts: TakenAlongView }) {
	return (
		<div data-testid="taken-along">
			<p>
				<b>{t("takenAlong", counts)}</b>
			</p>
			{counts.held > 0 && (
				<p className="note note-warn" data-testid="taken-held">
					{t("takenHeld", { count: counts.held })}
				</p>
			)}
		</div>
	);
}
