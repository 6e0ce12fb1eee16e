// Who answers at the address, to be compared with the paper word by word.
import type { EnrolPresented } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { CheckField } from "../../../shared/ui/field";
import { FingerprintWords } from "../../../shared/ui/fingerprint-words";

export function Presented(props: { seen: EnrolPresented; compared: boolean; onCompared: (compared: boolean) => void }) {
	const { centre, words, hex, fits } = props.seen;
	return (
		<section className="presented" aria-label={t("enrolPresented")} data-testid="enrol-presented">
			<p>
				<b>{t("enrolPresented")}</b> <code>{centre}</code>
			</p>
			<FingerprintWords words={words} />
			<details>
				<summary>{t("enrolHex")}</summary>
				<code className="hex">{hex.match(/.{4}/g)?.join(" ")}</code>
			</details>
			{fits === true && (
				<p className="note note-good" role="status" data-testid="enrol-fits">
					{t("enrolFits")}
				</p>
			)}
			{fits === false && (
				<p className="note note-error" role="alert" data-testid="enrol-differs">
					<strong>{t("enrolDiffers")}</strong>
					<span>{t("enrolDiffersNext")}</span>
				</p>
			)}
			{fits === null && (
				<CheckField
					label={t("enrolCompared")}
					checked={props.compared}
					testid="enrol-compared"
					onCheck={props.onCompared}
				/>
			)}
		</section>
	);
}
