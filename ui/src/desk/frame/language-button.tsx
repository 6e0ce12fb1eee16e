// The way to the other language, named in that language.

import { t } from "../../shared/text/ja";
import { choose, language } from "../../shared/text/language";

export function LanguageButton({ staff }: { staff: string }) {
	const other = language() === "ja" ? "en" : "ja";
	return (
		<button
			type="button"
			className="quiet-button"
			lang={other}
			onClick={() => choose(other, staff)}
			data-testid="language"
		>
			{t("languageOther")}
		</button>
	);
}
