// An error in words: what happened, what to do next, and the reference number.
import type { ErrorView } from "../../generated/desk";
import { dateTime, dayShort } from "../dates";
import { asErrorView } from "../ipc";
import { errorText } from "../text/errors";
import { fill } from "../text/fill";
import { t } from "../text/ja";
import { accountState, passwordWhy } from "../text/staff-words";
import { eventWord, exceptionWord } from "../text/words";

const shownArgs = (given: ErrorView["args"]): Partial<Record<string, string>> => {
	// What somebody else did, in the log's words; who did it, where that is known.
	const args: Partial<Record<string, string>> = {
		...given,
		...(given.did && { did: t("errorDid", { did: eventWord(given.did) }) }),
		...(given.by && { who: t("errorBy", { by: given.by }) }),
		...(given.missing && { lacking: t("errorColumnsMissing", { columns: given.missing }) }),
		...(given.unknown && { strange: t("errorColumnsUnknown", { columns: given.unknown }) }),
		...(given.twice && { doubled: t("errorColumnsTwice", { columns: given.twice }) }),
	};
	if (given.day) args.day = dayShort(given.day);
	if (given.first) args.first = dayShort(given.first);
	if (given.closes) args.closes = dateTime(given.closes);
	if (given.at) args.at = dateTime(given.at);
	const what = exceptionWord(given.what);
	if (what) args.what = what;
	if (given.why) args.reason = passwordWhy(given.why);
	if (given.state) args.account = accountState(given.state);
	const until = given.until;
	if (!until) return args;
	if (/^\d{4}-\d\d-\d\d$/.test(until)) return { ...args, until: dayShort(until) };
	const at = new Date(until);
	return {
		...args,
		until: Number.isNaN(at.getTime())
			? until
			: at.toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" }),
	};
};

export function errorTitle(error: ErrorView): string {
	return fill(errorText(error.code).title, shownArgs(error.args));
}

/** What to do next. */
export function errorNext(error: ErrorView): string {
	return fill(errorText(error.code).next, shownArgs(error.args));
}

export function ErrorNote({ cause }: { cause: unknown }) {
	if (!cause) return null;
	const error = asErrorView(cause);
	return (
		<div className="note note-error" role="alert" data-testid="error" data-code={error.code}>
			<strong>{errorTitle(error)}</strong>
			<span>{errorNext(error)}</span>
			{error.requestId && error.requestId !== "-" && (
				<small>
					{t("reference")} {error.requestId}
				</small>
			)}
		</div>
	);
}

/** The error of one field, or nothing when the error belongs elsewhere. */
export function fieldError(cause: unknown, field: string): string | undefined {
	if (!cause) return undefined;
	const error = asErrorView(cause);
	return error.args.field === field ? `${errorTitle(error)} ${errorNext(error)}` : undefined;
}
