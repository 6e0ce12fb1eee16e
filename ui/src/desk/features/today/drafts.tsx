// Forms that were begun and not sent.
import { dateTime } from "../../../shared/dates";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { kindWord } from "../../../shared/text/words";
import { throwAway } from "../../draft";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";

export function Drafts() {
	const drafts = useDesk("applications", ["drafts"], desk.drafts);
	if (!drafts.data || drafts.data.length === 0) return null;
	return (
		<section>
			<h2>{t("drafts")}</h2>
			<ul className="rows" data-testid="drafts">
				{drafts.data.map((draft) => (
					<li key={draft.applicationId}>
						<a
							href={formatRoute({
								screen: "apply",
								customer: draft.customerId,
								kind: draft.kind,
								draft: draft.applicationId,
							})}
							data-testid="draft"
						>
							<b>{draft.customerName}</b> {kindWord(draft.kind)}
						</a>
						<span className="quiet">{dateTime(draft.savedAt)}</span>
						<button type="button" className="quiet-button" onClick={() => throwAway(draft.applicationId)}>
							{t("draftDelete")}
						</button>
					</li>
				))}
			</ul>
		</section>
	);
}
