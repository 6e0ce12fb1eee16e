// Certificates and nothing else in a PKCS#7 (RFC 5652 §5.1, degenerate SignedData): what Windows calls a .p7b.
import type * as asn1js from "asn1js";
import { Certificate, ContentInfo, EncapsulatedContentInfo, SignedData } from "pkijs";

type Bytes = Uint8Array<ArrayBuffer>;

export function packPkcs7(certificates: Bytes[]): Bytes {
	const data = new SignedData({
		version: 1,
		encapContentInfo: new EncapsulatedContentInfo({ eContentType: ContentInfo.DATA }),
		certificates: certificates.map((der) => Certificate.fromBER(der)),
		signerInfos: [],
	});
	const content = new ContentInfo({ contentType: ContentInfo.SIGNED_DATA, content: data.toSchema(true) });
	return new Uint8Array((content.toSchema() as asn1js.Sequence).toBER());
}
