// The way to a paper about something that happened. `id` is the report's or the certificate's (suspension), the
// certificate's (revocation) or the user ID (restore).
import type { NoticeKind } from "../../../generated/desk";
import { noticeWord } from "../../../shared/text/words";
import { formatRoute } from "../../route";

export function NoticeButton({ kind, id }: { kind: NoticeKind; id: string }) {
	return (
		<a className="button" href={formatRoute({ screen: "notice", id, notice: kind })} data-testid={`notice-${kind}`}>
			{noticeWord(kind)}
		</a>
	);
}
