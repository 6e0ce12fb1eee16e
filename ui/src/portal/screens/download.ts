// Hands the file to the browser's own download.
import type { PackedFile } from "../journey/state";
import { h } from "./dom";

export function offer(file: PackedFile): void {
	const address = URL.createObjectURL(new Blob([file.bytes], { type: "application/x-pkcs12" }));
	const link = h("a", { href: address, download: file.name, hidden: true });
	document.body.append(link);
	link.click();
	link.remove();
	// The browser has taken the blob by then.
	setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
