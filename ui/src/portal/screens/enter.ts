// Step 1: 利用者ID and 取得コード. Typing mistakes are named at their field and never leave the page.
import { type CodeReading, grouped, readCode, symbolsOf } from "../entry/pickup-code";
import { readUserId } from "../entry/user-id";
import { t } from "../text";
import { submitButton } from "./buttons";
import { h } from "./dom";
import { field, focusFirstFault } from "./field";
import { note } from "./notices";
import { problemSlot } from "./problem-slot";
import type { BuildScreen } from "./screen";

function codeFault(reading: CodeReading): string | undefined {
	if (reading.ok) return undefined;
	const texts = {
		missing: "codeMissing",
		character: "codeCharacter",
		short: "codeShort",
		long: "codeLong",
		check: "codeCheck",
	} as const;
	return t(texts[reading.fault], { count: [...reading.typed].length });
}

export const enterScreen: BuildScreen<"enter"> = (state, journey, draft) => {
	const userId = field({
		name: "user-id",
		label: t("userId"),
		hint: t("userIdHint"),
		attributes: { value: draft.get("user-id") ?? "", maxlength: 60 },
	});
	const count = h("p", { class: "count", testid: "pickup-code-count" });
	const code = field({
		name: "pickup-code",
		label: t("code"),
		hint: t("codeHint"),
		attributes: {
			value: draft.get("pickup-code") ?? "",
			maxlength: 80,
			class: "input input-code",
			placeholder: "XXXX-XXXX-XXXX-XXXX-X",
		},
		below: count,
	});
	const tally = () => {
		count.textContent = t("codeCount", { count: [...symbolsOf(code.input.value)].length });
	};
	for (const { input } of [userId, code]) input.addEventListener("input", () => draft.set(input.name, input.value));
	code.input.addEventListener("input", tally);
	// What was typed becomes what the notice shows, once the cursor has left: never under the typing hand.
	code.input.addEventListener("change", () => {
		code.input.value = grouped(symbolsOf(code.input.value));
		draft.set(code.input.name, code.input.value);
		tally();
	});
	tally();

	const button = submitButton(t("enterButton"), "enter-submit");
	const submit = () => {
		const [user, reading] = [readUserId(userId.input.value), readCode(code.input.value)];
		userId.fault(user.ok ? undefined : t(user.fault === "missing" ? "userIdMissing" : "userIdForm"));
		code.fault(codeFault(reading));
		if (user.ok && reading.ok) void journey.enter(user.userId, reading.code);
		else focusFirstFault([userId, code]);
	};
	const problems = problemSlot(submit);
	const node = h(
		"form",
		{
			class: "card",
			novalidate: true,
			testid: "screen-enter",
			on: {
				submit: (event) => {
					event.preventDefault();
					submit();
				},
			},
		},
		h("h1", { tabindex: "-1" }, t("enterTitle")),
		h("p", { class: "lead" }, t("enterLead")),
		state.pending && note(t("pendingTitle"), "pending", h("p", {}, t("pendingBody"))),
		problems.node,
		userId.node,
		code.node,
		h("div", { class: "buttons" }, button.node),
		state.info.renewal_url &&
			note(
				t("renewalTitle"),
				"renewal",
				h("p", {}, t("renewalBody")),
				h("p", {}, h("a", { href: state.info.renewal_url, testid: "renewal-link" }, t("renewalLink"))),
				h("p", {}, t("expiredBody")),
				h(
					"button",
					{ type: "button", class: "button", testid: "expired", on: { click: () => journey.expired() } },
					t("expiredButton"),
				),
			),
		h(
			"details",
			{ class: "help", testid: "code-help" },
			h("summary", {}, t("codeHelpTitle")),
			h("p", {}, t("codeHelpBody")),
		),
	);
	const update = (now: typeof state) => {
		button.working(now.work ? t("enterBusy") : undefined);
		problems.show(now.problem);
	};
	update(state);
	return { node, update };
};
