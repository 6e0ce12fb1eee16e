// Whether what was typed is kept: since when, or why not.
import { dateTime } from "../../../shared/dates";
import { asErrorView } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { errorTitle } from "../../../shared/ui/error-note";
import type { Kept } from "../../draft";

const time = (at: Date) =>
	at.toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });

export function DraftNote({ kept }: { kept: Kept }) {
	if (kept.state === "unsaved")
		return (
			<div className="note note-warn" role="alert" data-testid="draft-unsaved">
				<strong>{t("draftUnsaved", { why: errorTitle(asErrorView(kept.error)) })}</strong>
				<span>{t("draftUnsavedNext")}</span>
			</div>
		);
	return (
		<span className="quiet" role="status" data-testid="draft-saved" data-state={kept.state}>
			{kept.state === "opened" && t("draftOpened", { at: dateTime(kept.at) })}
			{kept.state === "saved" && t("draftSaved", { time: time(kept.at) })}
		</span>
	);
}
