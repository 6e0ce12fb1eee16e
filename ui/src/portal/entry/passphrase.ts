// The passphrase of the PKCS#12. Only printable ASCII: the importers of Windows, NSS and OpenSSL agree on nothing else.
export type PassphraseFault = "missing" | "character" | "short" | "user_id";
export type Strength = 0 | 1 | 2 | 3 | 4;

export function passphraseFault(text: string, min: number, userId: string): PassphraseFault | undefined {
	if (text === "") return "missing";
	if (!/^[\x20-\x7e]+$/.test(text)) return "character";
	if (text.length < min) return "short";
	if (text.toUpperCase().includes(userId)) return "user_id";
	return undefined;
}

/** Length without what is repeated or counted up (aaaa, 1234, abcd). */
function surprising(text: string): number {
	let count = Math.min(text.length, 1);
	for (let i = 1; i < text.length; i++) {
		const step = text.charCodeAt(i) - text.charCodeAt(i - 1);
		if (step < -1 || step > 1) count += 1;
	}
	return count;
}

/** A hint, not a judgement: 0 nothing, 1 weak … 4 very strong. */
export function strength(text: string): Strength {
	if (text === "") return 0;
	const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(text));
	const sizes = { 1: 3.3, 2: 4.8, 3: 5.7, 4: 6.4 } as const;
	const bits = surprising(text) * sizes[Math.max(1, kinds.length) as 1 | 2 | 3 | 4];
	if (bits < 36) return 1;
	if (bits < 56) return 2;
	if (bits < 76) return 3;
	return 4;
}
