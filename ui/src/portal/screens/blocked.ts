// Why a certificate can't be fetched here, and where it can.
import type { Blocked } from "../environment";
import { type TextKey, t } from "../text";
import { h, ICONS, icon } from "./dom";
import { facts } from "./notices";
import type { BuildScreen } from "./screen";

// Names of products are the same in every language.
const NAMES: Record<string, string> = {
	windows: "Windows",
	macos: "macOS",
	linux: "Linux",
	edge: "Microsoft Edge",
	chrome: "Google Chrome",
	firefox: "Firefox",
	safari: "Safari",
};
const TEXTS: Record<Blocked, [TextKey, TextKey]> = {
	platform: ["blockedPlatform", "blockedNextPlatform"],
	browser: ["blockedBrowser", "blockedNextBrowser"],
	not_secure: ["blockedNotSecure", "blockedNextNotSecure"],
	no_crypto: ["blockedNoCrypto", "blockedNextNoCrypto"],
	no_storage: ["blockedNoStorage", "blockedNextNoStorage"],
};

const named = (keys: readonly (string | undefined)[]) =>
	keys.map((key) => NAMES[key ?? ""] ?? t("environmentOther")).join(t("or"));

export const blockedScreen: BuildScreen<"blocked"> = ({ info, reason, client }, journey) => {
	const [why, next] = TEXTS[reason];
	const platforms = named(info.allowed_platforms);
	const browsers = named(info.allowed_browsers);
	const pair = (platform: string, browser: string) => t("environmentPair", { platform, browser });
	const node = h(
		"div",
		{ class: "card", testid: "screen-blocked", "data-reason": reason },
		h("h1", { tabindex: "-1", class: "bad" }, icon(ICONS.stop), t("blockedTitle")),
		h("p", { class: "lead", testid: "blocked-reason" }, t(why, { platforms, browsers })),
		facts([
			[t("yourEnvironment"), pair(named([client.platform]), named([client.browser])), "your-environment"],
			[t("allowedEnvironment"), pair(platforms, browsers), "allowed-environment"],
		]),
		h("h2", {}, t("problemNext")),
		h("p", { testid: "blocked-next" }, t(next, { platforms, browsers })),
		!journey.renews && (reason === "platform" || reason === "browser") && h("p", {}, t("blockedCodeKept")),
	);
	return { node };
};
