// Step 2: what will be fetched, the passphrase twice, the notes. Then key, certificate and file are made.
import { type PassphraseFault, passphraseFault, strength } from "../entry/passphrase";
import type { Work } from "../journey/state";
import { dayText, type TextKey, t } from "../text";
import { submitButton } from "./buttons";
import { consentBox } from "./consent";
import { h } from "./dom";
import { field, focusFirstFault } from "./field";
import { facts, note } from "./notices";
import { problemSlot } from "./problem-slot";
import type { At, BuildScreen } from "./screen";
import { strengthMeter } from "./strength-meter";

const ROLES = { administrator: "roleAdministrator", approver: "roleApprover", operator: "roleOperator" } as const;
const WORK: Record<Work, TextKey> = {
	opening: "workKey",
	key: "workKey",
	fetch: "workFetch",
	pack: "workPack",
	confirm: "workPack",
};
const FAULTS: Record<PassphraseFault, TextKey> = {
	missing: "passphraseMissing",
	character: "passphraseCharacter",
	short: "passphraseShort",
	user_id: "passphraseUserId",
};

function rightFacts({ right }: At<"prepare">): HTMLElement {
	return facts([
		[t("userId"), right.user_id, "right-user-id"],
		[t("role"), t(ROLES[right.role]), "right-role"],
		...(right.device_label ? [[t("device"), right.device_label, "right-device"] as [string, string, string]] : []),
		[t("deadline"), dayText(right.deadline), "right-deadline"],
		[t("backup"), t(right.backup_allowed ? "backupYes" : "backupNo"), "right-backup"],
	]);
}

export const prepareScreen: BuildScreen<"prepare"> = (state, journey) => {
	const min = state.info.passphrase_min;
	const secret = { type: "password", attributes: { autocomplete: "new-password", maxlength: 128 } } as const;
	const meter = strengthMeter();
	const show = h(
		"button",
		{
			type: "button",
			class: "button button-quiet",
			testid: "passphrase-show",
			"aria-pressed": false,
			"aria-label": t("showPassphrase"),
		},
		t("show"),
	);
	const first = field({
		name: "passphrase",
		label: t("passphrase"),
		hint: t("passphraseHint", { min }),
		...secret,
		beside: show,
		below: meter.node,
	});
	const again = field({ name: "passphrase-again", label: t("passphraseAgain"), ...secret });
	const consent = consentBox();
	show.addEventListener("click", () => {
		const shown = first.input.type === "password";
		for (const { input } of [first, again]) input.type = shown ? "text" : "password";
		show.setAttribute("aria-pressed", String(shown));
		show.textContent = t(shown ? "hide" : "show");
	});
	first.input.addEventListener("input", () => meter.show(strength(first.input.value)));

	const button = submitButton(t("prepareButton"), "prepare-submit");
	const submit = () => {
		const typed = first.input.value;
		const fault = passphraseFault(typed, min, state.right.user_id);
		first.fault(fault && t(FAULTS[fault], { min, count: typed.length }));
		const repeated = again.input.value;
		const different =
			repeated === "" ? "passphraseAgainMissing" : repeated === typed ? undefined : "passphraseDifferent";
		again.fault(fault || !different ? undefined : t(different));
		consent.fault(consent.input.checked ? undefined : t("consentMissing"));
		if (!fault && !different && consent.input.checked) void journey.prepare(typed);
		else focusFirstFault([first, again, consent]);
	};
	const problems = problemSlot(submit);
	const back = h(
		"button",
		{ type: "button", class: "button", testid: "prepare-back", on: { click: () => void journey.back() } },
		t("back"),
	);
	const stay = h("p", { class: "stay", role: "status", testid: "prepare-status" });
	const node = h(
		"form",
		{
			class: "card",
			novalidate: true,
			testid: "screen-prepare",
			on: {
				submit: (event) => {
					event.preventDefault();
					submit();
				},
			},
		},
		h("h1", { tabindex: "-1" }, t("prepareTitle")),
		state.resumed && note(undefined, "resumed", h("p", {}, t("resumedNote"))),
		h("h2", {}, t("factsTitle")),
		rightFacts(state),
		state.info.key_place === "choice" &&
			!state.resumed &&
			note(
				t("choiceTitle"),
				"key-place",
				h("p", {}, t("choiceBody")),
				h(
					"button",
					{ type: "button", class: "button", testid: "use-store", on: { click: () => journey.place("store") } },
					t("choiceButton"),
				),
			),
		h("h2", {}, t("passphraseTitle")),
		h("p", {}, t("passphraseLead")),
		// For password managers: whose passphrase it is.
		h("input", { type: "text", autocomplete: "username", value: state.right.user_id, readonly: true, hidden: true }),
		first.node,
		again.node,
		h("h2", {}, t("notesTitle")),
		h("ul", { class: "notes" }, ...(["note1", "note2", "note3", "note4"] as const).map((key) => h("li", {}, t(key)))),
		consent.node,
		problems.node,
		h("div", { class: "buttons" }, button.node, back),
		stay,
	);
	const update = (now: At<"prepare">) => {
		button.working(now.work && t(WORK[now.work]));
		stay.textContent = now.work ? `${t(WORK[now.work])} ${t("workStay")}` : "";
		back.hidden = now.work !== undefined;
		problems.show(now.problem);
	};
	update(state);
	return { node, update };
};
