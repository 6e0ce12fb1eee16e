// A key in Windows' own store: the instructions for `certreq`, its request in, the chain out, and the way to the confirmation.
import { certreqCommands, certreqInf } from "../keys/inf";
import { dayText, t } from "../text";
import { mainButton } from "./buttons";
import { h, ICONS, icon } from "./dom";
import { offer } from "./download";
import { facts } from "./notices";
import { problemSlot } from "./problem-slot";
import type { BuildScreen } from "./screen";

const command = (text: string, testid: string) => h("pre", { class: "command", testid }, h("code", {}, text));

function button(label: string, testid: string, click: () => void): HTMLElement {
	return h("button", { type: "button", class: "button", testid, on: { click } }, icon(ICONS.download), label);
}

export const storeScreen: BuildScreen<"store"> = (state, journey) => {
	const { info, right } = state;
	const { make, accept } = certreqCommands(info.file_prefix, right.user_id);
	const inf = {
		name: `${info.file_prefix}_${right.user_id}.inf`,
		bytes: new TextEncoder().encode(certreqInf(right.user_id, info.key_algorithm)),
	};
	const file = h("input", { type: "file", id: "request-file", testid: "request-file", accept: ".req,.csr,.txt,.pem" });
	const pasted = h("textarea", {
		id: "request-text",
		testid: "request-text",
		class: "input",
		rows: 5,
		spellcheck: "false",
	});
	const missing = h("p", { class: "fault", testid: "request-fault", role: "alert", hidden: true });
	const press = () => {
		const request = file.files?.[0] ?? pasted.value.trim();
		missing.hidden = request !== "";
		missing.replaceChildren(icon(ICONS.warning), t("requestMissing"));
		if (request !== "") void journey.bring(request);
		else file.focus();
	};
	const send = mainButton(t("requestButton"), "request-send", press);
	const problems = problemSlot(press);
	const last = h(
		"li",
		{ testid: "store-confirm", hidden: true },
		h("h2", {}, t("storeFour")),
		h("p", {}, t("storeFourBody")),
		h("p", {}, h("a", { href: info.renewal_url, testid: "confirm-link" }, t("useLink"))),
	);
	const got = h("li", { testid: "store-accept", hidden: true });
	const back = h(
		"button",
		{ type: "button", class: "button", testid: "store-back", on: { click: () => journey.place("file") } },
		t("storeBack"),
	);
	const node = h(
		"div",
		{ class: "card", testid: "screen-store" },
		h("h1", { tabindex: "-1" }, t("storeTitle")),
		h("p", { class: "lead" }, t("storeLead")),
		facts([
			[t("userId"), right.user_id, "right-user-id"],
			[t("deadline"), dayText(right.deadline), "right-deadline"],
		]),
		h(
			"ol",
			{ class: "tasks" },
			h(
				"li",
				{},
				h("h2", {}, t("storeOne")),
				h("p", {}, t("storeOneBody")),
				h(
					"div",
					{ class: "buttons" },
					button(t("infDownload"), "inf-download", () => offer(inf, "text/plain")),
				),
				command(make, "certreq-new"),
			),
			h(
				"li",
				{},
				h("h2", {}, t("storeTwo")),
				h("p", {}, t("storeTwoBody")),
				h("div", { class: "field" }, h("label", { class: "label", for: "request-file" }, t("requestFile")), file),
				h("div", { class: "field" }, h("label", { class: "label", for: "request-text" }, t("requestText")), pasted),
				missing,
				problems.node,
				h("div", { class: "buttons" }, send.node),
			),
			got,
			last,
		),
		info.key_place === "choice" && h("div", { class: "buttons" }, back),
	);
	const update = (now: typeof state) => {
		send.working(now.work && t("workFetch"));
		problems.show(now.problem);
		back.hidden = now.chain !== undefined || now.work !== undefined;
		const chain = now.chain;
		if (!chain || !got.hidden) return;
		got.hidden = false;
		got.replaceChildren(
			h("h2", { tabindex: "-1" }, t("storeThree")),
			h("p", {}, t("storeThreeBody")),
			h(
				"div",
				{ class: "buttons" },
				button(t("chainDownload"), "chain-download", () => offer(chain, "application/x-pkcs7-certificates")),
			),
			command(accept, "certreq-accept"),
			facts([
				[t("notAfter"), dayText(chain.notAfter), "chain-not-after"],
				[t("serial"), chain.serial, "chain-serial"],
				[t("rootName"), chain.rootName, "root-name"],
				[t("rootThumbprint"), chain.rootThumbprint, "root-thumbprint"],
			]),
		);
		last.hidden = false;
		got.querySelector<HTMLElement>("h2")?.focus();
	};
	update(state);
	return { node, update };
};
