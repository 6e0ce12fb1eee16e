// Hands a file to the browser's own download.
import { h } from "./dom";

type Offered = { name: string; bytes: Uint8Array<ArrayBuffer> };

export function offer(file: Offered, type = "application/x-pkcs12"): void {
	const address = URL.createObjectURL(new Blob([file.bytes], { type }));
	const link = h("a", { href: address, download: file.name, hidden: true });
	document.body.append(link);
	link.click();
	link.remove();
	// The browser has taken the blob by then.
	setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
