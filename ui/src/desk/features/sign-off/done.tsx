// Who signed the day off, when, as of which tree head, and what was said.
import type { SignOffDone, SignOffView } from "../../../generated/desk";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { actingWord } from "../../../shared/text/words";

export function Done({ done, view }: { done: SignOffDone; view: SignOffView }) {
	return (
		<div className="card" data-testid="signed-off">
			<h3>{t("signOffSigned")}</h3>
			<dl>
				<dt>{t("signOffBy")}</dt>
				<dd>
					{done.by} {done.role && `(${actingWord(done.role, done.deputy)})`}
				</dd>
				<dt>{t("signOffAt")}</dt>
				<dd>{dateTime(done.at)}</dd>
				<dt>{t("signOffCounted")}</dt>
				<dd>{t("signOffCountedAs", { entries: done.entries, exceptions: done.exceptions })}</dd>
				<dt>{t("signOffHead")}</dt>
				<dd>{t("signOffHeadAs", { size: view.size, words: view.words.slice(0, 4).join("、") })}</dd>
			</dl>
			{done.comment && <p className="quote">{done.comment}</p>}
		</div>
	);
}
