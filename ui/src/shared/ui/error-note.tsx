// An error in words: what happened, what to do next, and the reference number.
import type { ErrorView } from "../../generated/desk";
import { asErrorView } from "../ipc";
import { errorTexts, fill } from "../text/errors";
import { t } from "../text/ja";

const shownArgs = (args: ErrorView["args"]): Partial<Record<string, string>> => {
	const until = args.until;
	if (!until) return args;
	const at = new Date(until);
	return {
		...args,
		until: Number.isNaN(at.getTime())
			? until
			: at.toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" }),
	};
};

export function errorTitle(error: ErrorView): string {
	return fill(errorTexts[error.code].title, shownArgs(error.args));
}

export function ErrorNote({ cause }: { cause: unknown }) {
	if (!cause) return null;
	const error = asErrorView(cause);
	const text = errorTexts[error.code];
	return (
		<div className="note note-error" role="alert" data-testid="error" data-code={error.code}>
			<strong>{errorTitle(error)}</strong>
			<span>{fill(text.next, shownArgs(error.args))}</span>
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
	return error.args.field === field
		? `${errorTitle(error)} ${fill(errorTexts[error.code].next, error.args)}`
		: undefined;
}
