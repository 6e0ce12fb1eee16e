// Which system and browser this is, and whether a certificate can be fetched here. The centre looks again; neither is a
// security boundary, since anybody can claim anything. It saves customers a certificate they could not use.
export type Platform = "windows" | "macos" | "linux";
export type Browser = "edge" | "chrome" | "firefox" | "safari";
export type Blocked = "not_secure" | "no_crypto" | "no_storage" | "platform" | "browser";

export type Client = { platform: Platform | undefined; browser: Browser | undefined };
export type Allowed = { allowed_platforms: readonly string[]; allowed_browsers: readonly string[] };
export type Powers = { secure: boolean; crypto: boolean; storage: boolean };

const HINTS: Record<string, Platform> = { Windows: "windows", macOS: "macos", Linux: "linux" };

export function platformOf(agent: string, hint = ""): Platform | undefined {
	if (HINTS[hint]) return HINTS[hint];
	if (agent.includes("Windows NT")) return "windows";
	if (/iPhone|iPad|Android/.test(agent)) return undefined;
	if (agent.includes("Macintosh")) return "macos";
	return agent.includes("Linux") ? "linux" : undefined;
}

export function browserOf(agent: string): Browser | undefined {
	if (agent.includes("Firefox/")) return "firefox";
	if (agent.includes("Edg/")) return "edge";
	if (/OPR\/|Vivaldi|SamsungBrowser/.test(agent)) return undefined;
	if (agent.includes("Chrome/")) return "chrome";
	return agent.includes("Safari/") ? "safari" : undefined;
}

/** The first thing that stands in the way, the most basic one first. */
export function blockedBy(client: Client, allowed: Allowed, powers: Powers): Blocked | undefined {
	if (!client.platform || !allowed.allowed_platforms.includes(client.platform)) return "platform";
	if (!client.browser || !allowed.allowed_browsers.includes(client.browser)) return "browser";
	if (!powers.secure) return "not_secure";
	if (!powers.crypto) return "no_crypto";
	return powers.storage ? undefined : "no_storage";
}

type WithHints = Navigator & { userAgentData?: { platform?: string } };

export function thisClient(from: Navigator): Client {
	const hint = (from as WithHints).userAgentData?.platform ?? "";
	return { platform: platformOf(from.userAgent, hint), browser: browserOf(from.userAgent) };
}
