// A number of entries as it is printed and typed: `1,024`, `１０２４`, `1 024件`.

/** Most entries that a log here counts. */
const MOST = 0xffff_ffff;

/** `null` if it is no number, or a separator does not stand before three digits: a slip of the pen is no other number. */
export function parseCount(text: string): number | null {
	const plain = text
		.normalize("NFKC")
		.trim()
		.replace(/\s*件$/, "")
		.replace(/[、'\s]/g, ",");
	if (!/^(\d+|\d{1,3}(,\d{3})+)$/.test(plain)) return null;
	const count = Number(plain.replaceAll(",", ""));
	return count <= MOST ? count : null;
}
