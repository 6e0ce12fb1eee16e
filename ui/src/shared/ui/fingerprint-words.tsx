// The sixteen words of a centre's fingerprint, numbered, in the order of the paper: two people compare them by telephone.
import { t } from "../text/ja";

export function FingerprintWords({ words }: { words: string[] }) {
	const numbered = words.map((word, before) => ({ place: before + 1, word }));
	return (
		<ol className="fingerprint" aria-label={t("fingerprintWords")} data-testid="fingerprint-words">
			{numbered.map(({ place, word }) => (
				<li key={place}>{word}</li>
			))}
		</ol>
	);
}
