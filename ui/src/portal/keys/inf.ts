// The instructions for `certreq -new`: a key in the store of the customer's own account, from where it can't be exported.
import type { KeyAlgorithm } from "../api";

const KEYS: Record<KeyAlgorithm, string[]> = {
	"P-256": ["KeyAlgorithm = ECDSA_P256", "KeyLength = 256"],
	"RSA-2048": ["KeyAlgorithm = RSA", "KeyLength = 2048"],
	"RSA-3072": ["KeyAlgorithm = RSA", "KeyLength = 3072"],
};

/** ASCII, with Windows' line ends. The centre takes the public key and nothing else of what this asks for. */
export function certreqInf(userId: string, algorithm: KeyAlgorithm): string {
	const lines = [
		"[Version]",
		'Signature = "$Windows NT$"',
		"",
		"[NewRequest]",
		`Subject = "CN=${userId}"`,
		"RequestType = PKCS10",
		'ProviderName = "Microsoft Software Key Storage Provider"',
		...KEYS[algorithm],
		"HashAlgorithm = SHA256",
		"KeyUsage = 0x80",
		"Exportable = FALSE",
		"MachineKeySet = FALSE",
		"SMIME = FALSE",
		`FriendlyName = "WEB-FB ${userId}"`,
		"",
	];
	return lines.join("\r\n");
}

/** What is typed into a command prompt. */
export function certreqCommands(prefix: string, userId: string): { make: string; accept: string } {
	const name = `${prefix}_${userId}`;
	return { make: `certreq -new ${name}.inf ${name}.req`, accept: `certreq -accept -user ${name}.p7b` };
}
