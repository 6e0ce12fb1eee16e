// Packs key and certificates into a PKCS#12 (RFC 7292) under the customer's passphrase: PBES2 with AES-256-CBC and
// PBKDF2-HMAC-SHA-256 for both bags, HMAC-SHA-256 for the MAC. Windows 10, NSS and OpenSSL read it; Windows Server 2016
// and older do not, and the page says so.
import * as asn1js from "asn1js";
import {
	Attribute,
	AuthenticatedSafe,
	CertBag,
	Certificate,
	ContentInfo,
	EncryptedContentInfo,
	EncryptedData,
	type EncryptedDataEncryptParams,
	PFX,
	PKCS8ShroudedKeyBag,
	PrivateKeyInfo,
	SafeBag,
	SafeContents,
} from "pkijs";

type Bytes = Uint8Array<ArrayBuffer>;
type Encryption = Omit<EncryptedDataEncryptParams, "contentToEncrypt">;

/** For the encryption and the MAC alike: whoever guesses passphrases takes the cheaper way. .NET refuses above 300,000. */
export const ITERATIONS = 100_000;

const KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERT_BAG = "1.2.840.113549.1.12.10.1.3";
const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

export type Contents = { pkcs8: Bytes; certificate: Bytes; chain: Bytes[]; friendlyName: string };

function attributes(name: string, keyId: ArrayBuffer): Attribute[] {
	return [
		new Attribute({ type: FRIENDLY_NAME, values: [new asn1js.BmpString({ value: name })] }),
		new Attribute({ type: LOCAL_KEY_ID, values: [new asn1js.OctetString({ valueHex: keyId })] }),
	];
}

function certBag(der: Bytes, bagAttributes?: Attribute[]): SafeBag {
	const bagValue = new CertBag({ parsedValue: Certificate.fromBER(der) });
	return new SafeBag({ bagId: CERT_BAG, bagValue, ...(bagAttributes ? { bagAttributes } : {}) });
}

function plain(contents: SafeContents): ContentInfo {
	const content = new asn1js.OctetString({ valueHex: contents.toSchema().toBER() });
	return new ContentInfo({ contentType: ContentInfo.DATA, content });
}

async function encrypted(contents: SafeContents, parameters: Encryption): Promise<ContentInfo> {
	const data = new EncryptedData();
	await data.encrypt({ ...parameters, contentToEncrypt: contents.toSchema().toBER() });
	const { contentType, contentEncryptionAlgorithm } = data.encryptedContentInfo;
	// In one piece, which is DER. The library would cut it into pieces of 1 KiB, which not every importer likes.
	data.encryptedContentInfo = new EncryptedContentInfo({
		contentType,
		contentEncryptionAlgorithm,
		encryptedContent: new asn1js.OctetString({ valueHex: data.encryptedContentInfo.getEncryptedContent() }),
		disableSplit: true,
	});
	return new ContentInfo({ contentType: ContentInfo.ENCRYPTED_DATA, content: data.toSchema() });
}

/** @param passphrase printable ASCII. */
export async function packPkcs12(contents: Contents, passphrase: string): Promise<Bytes> {
	const password = new TextEncoder().encode(passphrase).buffer as ArrayBuffer;
	const encryption = {
		password,
		// The library draws the IV itself; its type asks for one all the same.
		contentEncryptionAlgorithm: { name: "AES-CBC", length: 256, iv: new ArrayBuffer(0) },
		hmacHashAlgorithm: "SHA-256",
		iterationCount: ITERATIONS,
	};
	const keyId = await crypto.subtle.digest("SHA-1", contents.certificate);
	const marks = attributes(contents.friendlyName, keyId);
	const keyBag = new PKCS8ShroudedKeyBag({ parsedValue: PrivateKeyInfo.fromBER(contents.pkcs8) });
	await keyBag.makeInternalValues(encryption);

	const keys = new SafeContents({
		safeBags: [new SafeBag({ bagId: KEY_BAG, bagValue: keyBag, bagAttributes: marks })],
	});
	const certificates = new SafeContents({
		safeBags: [certBag(contents.certificate, marks), ...contents.chain.map((der) => certBag(der))],
	});
	const authenticatedSafe = new AuthenticatedSafe({
		safeContents: [plain(keys), await encrypted(certificates, encryption)],
	});

	const pfx = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
	await pfx.makeInternalValues({
		password,
		iterations: ITERATIONS,
		pbkdf2HashAlgorithm: "SHA-256",
		hmacHashAlgorithm: "SHA-256",
	});
	return new Uint8Array(pfx.toSchema().toBER());
}
