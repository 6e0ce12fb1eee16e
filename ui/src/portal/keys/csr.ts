// The PKCS#10 (RFC 2986): proof that we hold the key. Subject CN = 利用者ID for the reader's sake, no attributes: the
// centre takes the public key and nothing else.
import "reflect-metadata";
import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import type { KeyAlgorithm } from "../api";
import { SIGNING } from "./key";

type Bytes = Uint8Array<ArrayBuffer>;

export async function makeCsr(userId: string, algorithm: KeyAlgorithm, keys: CryptoKeyPair): Promise<Bytes> {
	const request = await Pkcs10CertificateRequestGenerator.create(
		{ name: [{ CN: [userId] }], keys, signingAlgorithm: SIGNING[algorithm] },
		crypto,
	);
	return new Uint8Array(request.rawData);
}

/** SubjectPublicKeyInfo of a PKCS#10, DER. */
export function publicKeyOfCsr(csr: Bytes): Bytes {
	return new Uint8Array(new Pkcs10CertificateRequest(csr).publicKey.rawData);
}
