import { describe, expect, it } from "vitest";
import { blockedBy, browserOf, platformOf } from "./environment";

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
const CHROME = `${WINDOWS} Chrome/140.0.0.0 Safari/537.36`;
const allowed = { allowed_platforms: ["windows"], allowed_browsers: ["edge", "chrome"] };
const able = { secure: true, crypto: true, storage: true };
const seen = (agent: string, hint?: string) =>
	blockedBy({ platform: platformOf(agent, hint), browser: browserOf(agent) }, allowed, able);

describe("the environment", () => {
	it.each([
		[CHROME, undefined],
		[`${CHROME} Edg/140.0.0.0`, undefined],
		[`${CHROME} OPR/120.0`, "browser"],
		["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "browser"],
		["Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15", "platform"],
		["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "platform"],
		["Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36", "platform"],
		["", "platform"],
	])("%s is stopped by: %s", (agent, reason) => expect(seen(agent)).toBe(reason));

	it("believes the hint of the system rather than the agent", () => {
		expect(seen(CHROME, "Linux")).toBe("platform");
		expect(platformOf("", "Windows")).toBe("windows");
	});
	it("follows the policy", () => {
		const linux = { platform: "linux", browser: "chrome" } as const;
		expect(blockedBy(linux, { ...allowed, allowed_platforms: ["windows", "linux"] }, able)).toBeUndefined();
	});
	it("needs a secure page, WebCrypto and a place to keep the key", () => {
		const client = { platform: "windows", browser: "edge" } as const;
		expect(blockedBy(client, allowed, { ...able, secure: false })).toBe("not_secure");
		expect(blockedBy(client, allowed, { ...able, crypto: false })).toBe("no_crypto");
		expect(blockedBy(client, allowed, { ...able, storage: false })).toBe("no_storage");
	});
});
