// Values in the places of a text.

export type Args = Readonly<Partial<Record<string, string | number>>>;

/**
 * Fills `{name}`; a value that is missing leaves nothing behind. `{count|entry|entries}`: the first word where it is one, else
 * the second.
 */
export function fill(text: string, args: Args = {}): string {
	return text.replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (_, name: string, one?: string, more?: string) => {
		const value = String(args[name] ?? "");
		return one === undefined ? value : ((value === "1" ? one : more) ?? "");
	});
}
