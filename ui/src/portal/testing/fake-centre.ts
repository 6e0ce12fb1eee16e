// For tests only: a centre in memory that answers the pickup API with real certificates, and can lose answers on the way
// back. It holds one right. It must not be imported by anything that is shipped.
import "reflect-metadata";
import {
	BasicConstraintsExtension,
	KeyUsageFlags,
	KeyUsagesExtension,
	Pkcs10CertificateRequest,
	X509Certificate,
	X509CertificateGenerator,
} from "@peculiar/x509";
import { fromBase64, type Info, type Opened, toBase64 } from "../api";
import { readCode } from "../entry/pickup-code";

type Bytes = Uint8Array<ArrayBuffer>;
type Authority = { keys: CryptoKeyPair; certificate: X509Certificate };
type Refusal = { status: number; code: string; args?: Record<string, string> };

export const CODE = "SS6Y-S3C4-DWA7-N360-6";
export const USER_ID = "NSB00123A01";
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 86_400_000;

async function authority(name: string, parent?: Authority): Promise<Authority> {
	const keys = (await crypto.subtle.generateKey(EC, true, ["sign", "verify"])) as CryptoKeyPair;
	const certificate = await X509CertificateGenerator.create(
		{
			subject: [{ CN: [name] }],
			issuer: parent ? parent.certificate.subjectName.toJSON() : [{ CN: [name] }],
			notBefore: new Date(Date.now() - DAY),
			notAfter: new Date(Date.now() + 3650 * DAY),
			signingAlgorithm: EC,
			publicKey: keys.publicKey,
			signingKey: (parent?.keys ?? keys).privateKey,
			extensions: [
				new BasicConstraintsExtension(true, parent ? 0 : 1, true),
				new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
			],
		},
		crypto,
	);
	return { keys, certificate };
}

export async function fakeCentre(settings: { info?: Partial<Info>; right?: Partial<Opened> } = {}) {
	const root = await authority("Example Shinkin Root CA (TRAINING)");
	const issuing = await authority("Example Shinkin Issuing CA (TRAINING)", root);
	const info: Info = {
		institution: "見本信用金庫",
		training: true,
		portal_name: "電子証明書の取得・更新",
		allowed_platforms: ["windows"],
		allowed_browsers: ["edge", "chrome"],
		key_algorithm: "P-256",
		passphrase_min: 8,
		file_prefix: "webfb",
		key_place: "file",
		pickup_url: "https://localhost:8443/pickup/",
		renewal_url: "https://localhost:8445/renewal/",
		contacts: [
			{ title: "操作に関するお問い合わせ", phone: "0120-000-000", hours: "平日 9:00〜22:00" },
			{
				title: "お申し込み等に関するお問い合わせ",
				phone: "025-000-0000",
				hours: "平日 9:00〜17:00",
				email: "system@example.jp",
			},
		],
		...settings.info,
	};
	const right = {
		certificate_id: "0b1f7c1e-8d0a-5c36-9f38-2f1f5f0d6a11",
		user_id: USER_ID,
		role: "operator",
		deadline: "2099-02-12",
		state: "authorised" as string,
		backup_allowed: false,
		device_label: "経理課 1号機",
		...settings.right,
	};
	const world = {
		right,
		/** Requests as they came in. */
		seen: [] as { path: string; body: Record<string, string> }[],
		/** So many of the next answers are lost after the work was done. */
		lose: 0,
		/** Answers instead of doing anything, once each. */
		refuse: [] as Refusal[],
		signedKeys: [] as string[],
		/** The certificate that a browser shows at the renewal. */
		presented: {
			certificate_id: "0b1f7c1e-8d0a-5c36-9f38-2f1f5f0d6a10",
			user_id: right.user_id,
			role: right.role,
			device_label: right.device_label,
			state: "active",
			serial: "01F0",
			not_after: "2099-01-12",
			deadline: right.deadline,
			backup_allowed: right.backup_allowed,
			begun: null as string | null,
			refused: null as { code: string; args: Record<string, string> } | null,
			keep_secret: "5e".repeat(32),
		},
		leaf: undefined as Bytes | undefined,
	};

	const refused = (status: number, code: string, args: Record<string, string> = {}): Refusal => ({
		status,
		code,
		args,
	});

	async function sign(csr: Pkcs10CertificateRequest): Promise<Bytes> {
		const certificate = await X509CertificateGenerator.create(
			{
				subject: [{ C: ["JP"] }, { O: ["Example Shinkin Bank"] }, { OU: ["WEB-FB"] }, { CN: [right.user_id] }],
				issuer: issuing.certificate.subjectName.toJSON(),
				notBefore: new Date(Date.now() - 300_000),
				notAfter: new Date(Date.now() + 365 * DAY),
				signingAlgorithm: EC,
				publicKey: csr.publicKey,
				signingKey: issuing.keys.privateKey,
				extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
			},
			crypto,
		);
		return new Uint8Array(certificate.rawData);
	}

	function enter(body: Record<string, string>): Refusal | undefined {
		const code = readCode(body.code ?? "");
		const fits = code.ok && code.code === CODE.replaceAll("-", "") && body.user_id === right.user_id;
		return fits ? undefined : refused(403, "pickup_denied");
	}

	async function fetchCertificate(body: Record<string, string>): Promise<Refusal | object> {
		const renews = body.again !== undefined;
		const wrong = renews ? undefined : enter(body);
		if (wrong) return wrong;
		const csr = new Pkcs10CertificateRequest(fromBase64(body.csr ?? ""));
		if (!(await csr.verify(crypto))) return refused(400, "csr_signature_invalid");
		if (csr.attributes.length > 0) return refused(400, "csr_extension_refused");
		const key = toBase64(new Uint8Array(csr.publicKey.rawData));
		if (String(body.again) === "true" && !world.signedKeys.includes(key)) {
			world.signedKeys = [];
			world.leaf = undefined;
		}
		if (world.signedKeys.length > 0 && !world.signedKeys.includes(key)) return refused(409, "pickup_other_key");
		if (!world.leaf) {
			world.leaf = await sign(csr);
			world.signedKeys.push(key);
			right.state = "signed";
			if (renews) world.presented.begun = "signed";
		}
		return {
			certificate_id: right.certificate_id,
			certificate: toBase64(world.leaf),
			chain: [issuing, root].map(({ certificate }) => toBase64(new Uint8Array(certificate.rawData))),
			nonce: "b8a1f0c3",
			confirm_prefix: `madoguchi-confirm-v1\nexample-shinkin\n${right.certificate_id}\n`,
			not_after: "2027-11-24",
		};
	}

	async function confirm(body: Record<string, string>): Promise<Refusal | object> {
		if (!world.leaf) return refused(400, "confirm_signature_invalid");
		const key = new X509Certificate(world.leaf).publicKey;
		const imported = await key.export(crypto);
		const message = new TextEncoder().encode(
			`madoguchi-confirm-v1\nexample-shinkin\n${right.certificate_id}\nb8a1f0c3`,
		);
		const algorithm = { ...(imported.algorithm as Algorithm), hash: "SHA-256" };
		if (!(await crypto.subtle.verify(algorithm, imported, fromBase64(body.signature ?? ""), message))) {
			return refused(400, "confirm_signature_invalid");
		}
		right.state = "active";
		return { state: "active" };
	}

	/** Signed with the key of the certificate, for this very request? */
	async function unproved(body: Record<string, string>): Promise<Refusal | undefined> {
		const { certificate, nonce, signature } = body.proof as unknown as Record<string, string>;
		const digest = (bytes: Bytes) => crypto.subtle.digest("SHA-256", bytes);
		const purpose = body.csr ? Buffer.from(await digest(fromBase64(body.csr))).toString("hex") : "open";
		const key = await new X509Certificate(fromBase64(certificate ?? "")).publicKey.export(crypto);
		const message = new TextEncoder().encode(`madoguchi-reacquire-v1\nexample-shinkin\n${nonce}\n${purpose}`);
		const algorithm = { ...(key.algorithm as Algorithm), hash: "SHA-256" };
		const good = await crypto.subtle.verify(algorithm, key, fromBase64(signature ?? ""), message);
		return good ? undefined : refused(403, "renewal_denied");
	}

	async function answer(path: string, body: Record<string, string>, renewal: boolean): Promise<Refusal | object> {
		if (path === "info") return info;
		const now = world.refuse.shift();
		if (now) return now;
		if (path === "nonce") return { prefix: "madoguchi-reacquire-v1\nexample-shinkin\n", nonce: "7f.00" };
		if (body.proof) {
			const wrong = await unproved(body);
			if (wrong) return wrong;
		}
		if (path === "open" && renewal) return world.presented;
		if (path === "confirm-use") {
			right.state = "active";
			return { state: "active" };
		}
		if (path === "open") {
			return enter(body) ?? (right.state === "active" ? refused(409, "pickup_other_key") : right);
		}
		return path === "fetch" ? fetchCertificate(body) : confirm(body);
	}

	const http: typeof fetch = async (input, init) => {
		const renewal = /^\/api\/(renewal\/|portal\/v1\/reacquire\/)/.test(String(input));
		const path = String(input).replace(/^\/api\/(portal|renewal)\/v1\/(reacquire\/)?/, "");
		const body = init?.body ? JSON.parse(String(init.body)) : {};
		world.seen.push({ path, body });
		const result = await answer(path, body, renewal);
		if (world.lose > 0 && path !== "info") {
			world.lose -= 1;
			throw new TypeError("Failed to fetch");
		}
		if (!("status" in result)) return Response.json(result);
		const { status, code, args = {} } = result as Refusal;
		return Response.json({ code, args, request_id: "7K3M9QXT" }, { status });
	};
	return { http, world };
}
