// What the page makes, judged by OpenSSL.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromBase64, type KeyAlgorithm, toBase64 } from "../api";
import { CODE, fakeCentre, USER_ID } from "../testing/fake-centre";
import { checkDelivered, factsOf } from "./chain";
import { makeCsr, publicKeyOfCsr } from "./csr";
import { exportPrivateKey, makeKeyPair, signWith } from "./key";
import { packPkcs12 } from "./pkcs12";

const PASSPHRASE = "correct horse 7 \"'\\~";
let folder = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "madoguchi-portal-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const openssl = (...args: string[]) =>
	execFileSync("openssl", args, { encoding: "utf8", cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);

async function deliver(algorithm: KeyAlgorithm) {
	const pair = await makeKeyPair(algorithm);
	const [pkcs8, csr] = [await exportPrivateKey(pair), await makeCsr(USER_ID, algorithm, pair)];
	const { http } = await fakeCentre();
	const body = JSON.stringify({ user_id: USER_ID, code: CODE, csr: toBase64(csr) });
	const fetched = await (await http("/api/portal/v1/fetch", { body })).json();
	const delivered = {
		certificate: fromBase64(fetched.certificate),
		chain: fetched.chain.map(fromBase64) as Uint8Array<ArrayBuffer>[],
	};
	return { pkcs8, csr, delivered };
}

describe.each<KeyAlgorithm>(["P-256", "RSA-2048", "RSA-3072"])("%s", (algorithm) => {
	let made: Awaited<ReturnType<typeof deliver>>;
	beforeAll(async () => {
		made = await deliver(algorithm);
	});

	it("makes a PKCS#10 that proves the key and asks for nothing", () => {
		put("csr.der", made.csr);
		const text = openssl("req", "-inform", "DER", "-in", "csr.der", "-verify", "-noout", "-text");
		expect(text).toContain(`Subject: CN = ${USER_ID}`);
		expect(text).toMatch(/Attributes:\s*\n?\s*\(none\)/);
		// The centre refuses any attribute: [0] is there, and empty.
		expect(openssl("asn1parse", "-inform", "DER", "-in", "csr.der")).toMatch(/l=\s*0 cons: cont \[ 0 \]/);
		expect(text).toContain(algorithm === "P-256" ? "ecdsa-with-SHA256" : "sha256WithRSAEncryption");
		if (algorithm !== "P-256") expect(text).toContain("Exponent: 65537");
	});

	it("packs a PKCS#12 that OpenSSL opens, with AES-256 and HMAC-SHA-256 only", async () => {
		put("x.p12", await packPkcs12({ pkcs8: made.pkcs8, ...made.delivered, friendlyName: USER_ID }, PASSPHRASE));
		put("pass", new TextEncoder().encode(PASSPHRASE));
		const all = execFileSync("sh", ["-c", "openssl pkcs12 -in x.p12 -info -nodes -passin file:pass 2>&1"], {
			cwd: folder,
			encoding: "utf8",
		});
		expect(all).toContain("MAC: sha256, Iteration 100000");
		expect(all.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256/g)).toHaveLength(2);
		expect(all.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
		expect(all.match(new RegExp(`friendlyName: ${USER_ID}`, "g"))).toHaveLength(2);
		const ids = all.match(/localKeyID: .*/g);
		expect(ids).toHaveLength(2);
		expect(new Set(ids).size).toBe(1);

		const leaf = openssl("pkcs12", "-in", "x.p12", "-passin", "file:pass", "-clcerts", "-nokeys");
		put("leaf.pem", new TextEncoder().encode(leaf));
		put(
			"key.pem",
			new TextEncoder().encode(openssl("pkcs12", "-in", "x.p12", "-passin", "file:pass", "-nocerts", "-nodes")),
		);
		expect(openssl("pkey", "-in", "key.pem", "-pubout")).toBe(openssl("x509", "-in", "leaf.pem", "-pubkey", "-noout"));
		put(
			"cas.pem",
			new TextEncoder().encode(openssl("pkcs12", "-in", "x.p12", "-passin", "file:pass", "-cacerts", "-nokeys")),
		);
		expect(openssl("verify", "-CAfile", "cas.pem", "leaf.pem")).toContain("leaf.pem: OK");
	});

	it("packs it as DER: nothing indefinite, nothing in pieces", async () => {
		put("d.p12", await packPkcs12({ pkcs8: made.pkcs8, ...made.delivered, friendlyName: USER_ID }, PASSPHRASE));
		const outline = (file: string) => openssl("asn1parse", "-inform", "DER", "-in", file);
		expect(outline("d.p12")).not.toContain("l=inf");
		expect(outline("d.p12")).not.toContain("cons: OCTET STRING");
		// The authSafe is an OCTET STRING; the encrypted certificates within it are a primitive [0].
		const start = /^ *(\d+):d=3 +hl=(\d+) .*prim: OCTET STRING/m.exec(outline("d.p12"));
		put("safe.der", readFileSync(join(folder, "d.p12")).subarray(Number(start?.[1]) + Number(start?.[2])));
		expect(outline("safe.der")).toMatch(/prim: cont \[ 0 \]/);
	});

	it("does not open with another passphrase", async () => {
		put("y.p12", await packPkcs12({ pkcs8: made.pkcs8, ...made.delivered, friendlyName: USER_ID }, PASSPHRASE));
		expect(() => openssl("pkcs12", "-in", "y.p12", "-nodes", "-passin", "pass:correct horse 8")).toThrow(
			/invalid password/,
		);
	});

	it("signs what the certificate's key verifies", async () => {
		const message = new TextEncoder().encode("madoguchi-confirm-v1\nx\ny\nnonce");
		const signature = await signWith(made.pkcs8, algorithm, message);
		const { createPublicKey, verify } = await import("node:crypto");
		const key = createPublicKey({ key: Buffer.from(publicKeyOfCsr(made.csr)), format: "der", type: "spki" });
		expect(verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
	});
});

describe("what the centre sends", () => {
	it("is packed only if it is for our key and user ID, and its chain holds", async () => {
		const [ours, other] = [await deliver("P-256"), await deliver("P-256")];
		const key = publicKeyOfCsr(ours.csr);
		const mismatch = expect.objectContaining({ code: "answer_mismatch" });
		await checkDelivered(ours.delivered, key, USER_ID);
		await expect(checkDelivered(other.delivered, key, USER_ID)).rejects.toEqual(mismatch);
		await expect(checkDelivered(ours.delivered, key, "NSB00123A02")).rejects.toEqual(mismatch);
		const swapped = { ...ours.delivered, chain: other.delivered.chain };
		await expect(checkDelivered(swapped, key, USER_ID)).rejects.toEqual(mismatch);
		const junk = { ...ours.delivered, certificate: new Uint8Array([1, 2, 3]) };
		await expect(checkDelivered(junk, key, USER_ID)).rejects.toEqual(mismatch);
	});
	it("is shown with the thumbprint that Windows shows", async () => {
		const { delivered } = await deliver("P-256");
		const facts = await factsOf(delivered);
		put("root.der", delivered.chain.at(-1) ?? new Uint8Array());
		const print = openssl("x509", "-inform", "DER", "-in", "root.der", "-noout", "-fingerprint", "-sha1");
		expect(print.trim().split("=")[1]?.replaceAll(":", "")).toBe(facts.rootThumbprint.replaceAll(" ", ""));
		expect(facts.rootName).toBe("Example Shinkin Root CA (TRAINING)");
	});
});
