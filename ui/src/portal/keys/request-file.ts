// A certificate request as `certreq -new` writes it, or as somebody pastes it: DER, PEM, Base64 without its frame, in UTF-8 or
// (PowerShell's `>`) UTF-16.
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import "reflect-metadata";
import { Problem } from "../problem";

type Bytes = Uint8Array<ArrayBuffer>;

const SEQUENCE = 0x30;

function textOf(bytes: Bytes): string {
	const utf16 =
		bytes[0] === 0xff && bytes[1] === 0xfe
			? "utf-16le"
			: bytes[0] === 0xfe && bytes[1] === 0xff
				? "utf-16be"
				: undefined;
	return new TextDecoder(utf16 ?? "utf-8").decode(bytes);
}

function derOf(text: string): Bytes {
	const base64 = text.replace(/-----(BEGIN|END) (NEW )?CERTIFICATE REQUEST-----/g, "").replace(/\s+/g, "");
	return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** @throws Problem request_unreadable. */
export function readRequest(request: Bytes | string): Bytes {
	try {
		const binary = typeof request !== "string" && request[0] === SEQUENCE && request[1] !== 0;
		const der = binary ? request : derOf(typeof request === "string" ? request : textOf(request));
		return new Uint8Array(new Pkcs10CertificateRequest(der).rawData);
	} catch {
		throw new Problem("request_unreadable");
	}
}
