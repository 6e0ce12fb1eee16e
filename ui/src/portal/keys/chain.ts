// Looks at what the centre sent before it is packed: is it our key, is it our user ID, does the chain hold together?
import "reflect-metadata";
import { X509Certificate } from "@peculiar/x509";
import { Problem } from "../problem";

type Bytes = Uint8Array<ArrayBuffer>;

export type Delivered = { certificate: Bytes; chain: Bytes[] };

const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** @throws Problem answer_mismatch when the certificate is not the answer to our request. */
export async function checkDelivered(delivered: Delivered, publicKey: Bytes, userId: string): Promise<void> {
	let fits = false;
	try {
		const leaf = new X509Certificate(delivered.certificate);
		const path = [leaf, ...delivered.chain.map((der) => new X509Certificate(der))];
		fits = same(new Uint8Array(leaf.publicKey.rawData), publicKey) && leaf.subjectName.getField("CN").includes(userId);
		for (const [i, certificate] of path.entries()) {
			const issuer = path[i + 1] ?? certificate;
			fits &&= await certificate.verify({ publicKey: issuer, signatureOnly: true }, crypto);
		}
	} catch {
		fits = false;
	}
	if (!fits) throw new Problem("answer_mismatch");
}

export type Facts = { serial: string; rootName: string; rootThumbprint: string };

/** What the customer may have to compare: the serial, and the root as the warning of Windows shows it (SHA-1). */
export async function factsOf(delivered: Delivered): Promise<Facts> {
	const root = delivered.chain.at(-1) ?? delivered.certificate;
	const thumbprint = new Uint8Array(await crypto.subtle.digest("SHA-1", root));
	const hex = Array.from(thumbprint, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");
	return {
		serial: new X509Certificate(delivered.certificate).serialNumber.toUpperCase(),
		rootName: new X509Certificate(root).subjectName.getField("CN").join(" "),
		rootThumbprint: (hex.match(/.{8}/g) ?? []).join(" "),
	};
}
