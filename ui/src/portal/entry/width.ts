// Full-width letters, digits and signs as half-width ones, and nothing else: no blanket NFKC.
export function halfWidth(text: string): string {
	return text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");
}
