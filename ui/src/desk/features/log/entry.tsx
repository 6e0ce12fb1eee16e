// One entry of 発行ログ: a sentence, what it changed, what was signed, where it stands in the tree.
import type { LogEntryView, PlaceView } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";
import { changeOf, changeValue, changeWord } from "./changes";
import { sentence } from "./words";

export function Entry({ index }: { index: number }) {
	const read = useDesk("log", ["entry", index], () => desk.logEntry(index));
	const entry = read.data;
	if (!entry)
		return <main className="page">{read.error ? <ErrorNote cause={read.error} /> : <p>{t("loading")}</p>}</main>;
	const { line } = entry;
	return (
		<main className="page" data-testid="log-entry">
			<h1>
				{t("logEntry")} <small className="number">{line.index}</small>
			</h1>
			<p className="card sentence" data-testid="sentence">
				{sentence(line, entry.changes)}
			</p>
			{entry.comment && <blockquote className="quote">{entry.comment}</blockquote>}
			<p className="buttons">
				{line.customerId && (
					<>
						<a className="button" href={formatRoute({ screen: "customer", id: line.customerId })}>
							{t("toCustomer")}
						</a>
						<a
							className="button"
							href={formatRoute({ screen: "history", customer: line.customerId })}
							data-testid="to-history"
						>
							{t("historyCustomer")}
						</a>
					</>
				)}
			</p>
			<Changes entry={entry} />
			<Envelope entry={entry} />
			<Place place={entry.place} index={line.index} />
			<details>
				<summary>{t("entryStored")}</summary>
				<pre className="json">{entry.text}</pre>
			</details>
		</main>
	);
}

function Changes({ entry }: { entry: LogEntryView }) {
	if (entry.changes.length === 0) return null;
	return (
		<section>
			<h2>{t("entryChanges")}</h2>
			<table className="dense" data-testid="changes">
				<thead>
					<tr>
						<th>{t("changeWhat")}</th>
						<th>{t("changeBefore")}</th>
						<th>{t("changeAfter")}</th>
					</tr>
				</thead>
				<tbody>
					{entry.changes.map((change) => (
						<tr key={`${change.what} ${change.of}`}>
							<td>
								{changeWord(change)} <small>{changeOf(change)}</small>
							</td>
							<td>{changeValue(change, change.before)}</td>
							<td>
								<b>{changeValue(change, change.after)}</b>
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

function Envelope({ entry }: { entry: LogEntryView }) {
	const { envelope } = entry;
	if (!envelope)
		return (
			<section>
				<h2>{t("entrySigned")}</h2>
				<p className="quiet">{t("entryUnsigned")}</p>
			</section>
		);
	const good = envelope.fits === true;
	return (
		<section data-testid="envelope" data-fits={String(envelope.fits)}>
			<h2>{t("entrySigned")}</h2>
			<p className={good ? "note note-good" : envelope.fits === false ? "note note-error" : "note note-warn"}>
				{t(good ? "signatureFits" : envelope.fits === false ? "signatureWrong" : "signatureElsewhere")}
			</p>
			<details>
				<summary>{t("envelopeText")}</summary>
				<pre className="json">{envelope.text}</pre>
				<p>
					{t("signature")} <code className="serial">{envelope.signature}</code>
				</p>
			</details>
		</section>
	);
}

function Place({ place, index }: { place: PlaceView; index: number }) {
	return (
		<section data-testid="place" data-leads={String(place.leads)}>
			<h2>{t("entryPlace")}</h2>
			<p className={place.leads ? "note note-good" : "note note-error"}>
				{t(place.leads ? "placeLeads" : "placeLeadsNot", { index, size: place.size.toLocaleString("ja-JP") })}
			</p>
			<details>
				<summary>{t("placePath", { count: place.path.length })}</summary>
				<dl className="hashes">
					<dt>{t("placeLeaf")}</dt>
					<dd>
						<code className="serial">{place.leaf}</code>
					</dd>
					{place.path.map((hash, step) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: its place in the path is what it is
						<dd key={step}>
							<code className="serial">{hash}</code>
						</dd>
					))}
					<dt>{t("placeRoot")}</dt>
					<dd>
						<code className="serial">{place.root}</code>
					</dd>
				</dl>
			</details>
		</section>
	);
}
