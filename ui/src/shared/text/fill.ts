// Values in the places of a text.

export type Args = Readonly<Partial<Record<string, string | number>>>;

/**
 * Fills `{name}`. `{count|entry|entries}`: the first word where it is one, else the second. `missing`: what stands for a value that
 * is not given.
 */
export function fill(text: string, args: Args = {}, missing: (place: string) => string = () => ""): string {
	return text.replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (place, name: string, one?: string, more?: string) => {
		const value = args[name];
		if (value === undefined) return missing(place);
		return one === undefined ? String(value) : ((String(value) === "1" ? one : more) ?? "");
	});
}
