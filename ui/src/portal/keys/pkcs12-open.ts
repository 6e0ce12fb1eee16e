// Opens a PKCS#12 that these pages once made: key and certificate of the backup. The passphrase never leaves the page.
import {
	AuthenticatedSafe,
	type CertBag,
	type Certificate,
	PFX,
	PKCS8ShroudedKeyBag,
	type PrivateKeyInfo,
	type SafeBag,
	type SafeContents,
} from "pkijs";
import type { KeyAlgorithm } from "../api";
import { Problem } from "../problem";

type Bytes = Uint8Array<ArrayBuffer>;

export type Backup = { algorithm: KeyAlgorithm; pkcs8: Bytes; certificate: Bytes };

const RSA = "1.2.840.113549.1.1.1";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

/** Only its kind of key matters for signing: the hash is SHA-256 with either length. */
const algorithmOf = (key: PrivateKeyInfo): KeyAlgorithm =>
	key.privateKeyAlgorithm.algorithmId === RSA ? "RSA-2048" : "P-256";

async function bags(file: Bytes, password: ArrayBuffer): Promise<SafeBag[]> {
	const pfx = PFX.fromBER(file);
	await pfx.parseInternalValues({ password, checkIntegrity: true });
	const safe = pfx.parsedValue?.authenticatedSafe;
	if (!(safe instanceof AuthenticatedSafe)) throw new Error("no contents");
	await safe.parseInternalValues({ safeContents: safe.safeContents.map(() => ({ password })) });
	const contents = safe.parsedValue.safeContents as { value: SafeContents }[];
	return contents.flatMap(({ value }) => value.safeBags);
}

async function opened(file: Bytes, passphrase: string): Promise<Backup> {
	const password = new TextEncoder().encode(passphrase).buffer as ArrayBuffer;
	const all = await bags(file, password);
	const shrouded = all.map(({ bagValue }) => bagValue).find((bag) => bag instanceof PKCS8ShroudedKeyBag);
	if (!shrouded) throw new Error("no key");
	await (shrouded as unknown as { parseInternalValues(of: object): Promise<void> }).parseInternalValues({ password });
	const key = shrouded.parsedValue as PrivateKeyInfo;
	const own = all.find(
		(bag) => "certValue" in bag.bagValue && bag.bagAttributes?.some(({ type }) => type === LOCAL_KEY_ID),
	);
	const certificate = (own?.bagValue as CertBag | undefined)?.parsedValue as Certificate | undefined;
	if (!certificate) throw new Error("no certificate");
	return {
		algorithm: algorithmOf(key),
		pkcs8: new Uint8Array(key.toSchema().toBER()),
		certificate: new Uint8Array(certificate.toSchema(true).toBER()),
	};
}

/** @throws Problem backup_unreadable: another file, or another passphrase. */
export async function openBackup(file: Bytes, passphrase: string): Promise<Backup> {
	try {
		return await opened(file, passphrase);
	} catch {
		throw new Problem("backup_unreadable");
	}
}
