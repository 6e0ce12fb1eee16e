// The customer's key pair, made by WebCrypto. It is exportable because it has to get into the PKCS#12.
import type { KeyAlgorithm } from "../api";

type Bytes = Uint8Array<ArrayBuffer>;

const EC = { name: "ECDSA", namedCurve: "P-256" };
const rsa = (modulusLength: number) => ({
	name: "RSASSA-PKCS1-v1_5",
	modulusLength,
	publicExponent: new Uint8Array([1, 0, 1]),
	hash: "SHA-256",
});
const PARAMETERS: Record<KeyAlgorithm, EcKeyGenParams | RsaHashedKeyGenParams> = {
	"P-256": EC,
	"RSA-2048": rsa(2048),
	"RSA-3072": rsa(3072),
};

/** Signing parameters: SHA-256 with either kind. */
export const SIGNING: Record<KeyAlgorithm, EcdsaParams & RsaHashedImportParams> = {
	"P-256": { name: "ECDSA", hash: "SHA-256" },
	"RSA-2048": { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
	"RSA-3072": { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
};

export async function makeKeyPair(algorithm: KeyAlgorithm): Promise<CryptoKeyPair> {
	return (await crypto.subtle.generateKey(PARAMETERS[algorithm], true, ["sign", "verify"])) as CryptoKeyPair;
}

export async function exportPrivateKey(pair: CryptoKeyPair): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
}

/** Signature over `message`: ECDSA r‖s (IEEE P1363) or RSASSA-PKCS1-v1_5. */
export async function signWith(pkcs8: Bytes, algorithm: KeyAlgorithm, message: Bytes): Promise<Bytes> {
	const key = await crypto.subtle.importKey("pkcs8", pkcs8, PARAMETERS[algorithm], false, ["sign"]);
	return new Uint8Array(await crypto.subtle.sign(SIGNING[algorithm], key, message));
}
