// The policy in English.
import type { PolicyChangeState, PolicyEffect, Unit } from "../../generated/desk";

export const settingWordsEn: Record<string, string> = {
	validity_days: "Validity of a certificate (from the fetch)",
	pickup_deadline_days: "Pickup deadline (from the issue)",
	renewal_opens_days: "Renewal opens (before the end)",
	grace_days: "Grace after the end",
	reminder_days: "Reminder mails (before the end)",
	users_per_contract: "User IDs a contract, at most",
	recontract_user_ids: "User IDs of a re-contract",
	branch_reissues: "Whose certificates the branch reissues",
	received_days_back: "Days an application may be received back",
	pickup_tries: "Wrong pickup codes",
	pickup_lock_minutes: "Lock after wrong pickup codes",
	key_place: "Where the key is made",
	backup: "Who may keep the certificate's file",
	key_types: "Kinds of key (the first is used by the page)",
	platforms: "Systems to fetch with",
	browsers: "Browsers to fetch with",
	passphrase_min: "Shortest password of the certificate's file",
	hold_confirm_days: "Check mark within",
	paper_reminder_days: "Reminder of the revocation request every",
	closed_days: "Closed days (beside weekends, holidays and the turn of the year)",
	idle_lock_minutes: "Idle lock after",
	sign_in_tries: "Wrong passwords of staff",
	sign_in_lock_minutes: "Lock after wrong passwords",
	session_hours: "Longest session",
	offline_sign_in_hours: "Signing in without the centre for",
	business_from_hour: "Business begins at",
	business_until_hour: "Business closes at (end of the business day)",
};

export const unitWordsEn: Record<Unit, string> = {
	days: "days",
	business_days: "business days",
	hours: "hours",
	hour_of_day: "o'clock",
	minutes: "minutes",
	times: "times",
	characters: "characters",
	pieces: "pieces",
};

export const choiceWordsEn: Record<string, string> = {
	kept: "the same IDs",
	renumbered: "new IDs",
	administrator: "administrator only",
	administrators: "administrators only",
	all: "every user",
	nobody: "nobody",
	file: "the pickup page (a file)",
	choice: "the customer's choice",
	windows_store: "Windows' certificate store",
	"P-256": "P-256 (elliptic curve)",
	"RSA-2048": "RSA, 2048 bits",
	"RSA-3072": "RSA, 3072 bits",
};

export const changeWordsEn: Record<PolicyChangeState, string> = {
	proposed: "waits to be confirmed",
	confirmed: "confirmed",
	withdrawn: "withdrawn",
};

export const effectWordsEn: Record<PolicyEffect, string> = {
	validity_kept: "The end of {count} usable {count|certificate|certificates} does not change.",
	validity_of_rights:
		"{count} {count|right not yet fetched gets the new validity when it is|rights not yet fetched get the new validity when they are}.",
	deadlines_kept:
		"The {count|deadline|deadlines} of {count} {count|right|rights} not yet fetched {count|stays|stay}; later issues have the new one.",
	renewal_opens: "{count} {count|certificate|certificates} can be renewed from that day on.",
	renewal_closes: "{count} {count|certificate|certificates} can't be renewed yet any more.",
	grace_lost:
		"{count} ended {count|certificate|certificates} can't be re-acquired any more (a new application is needed).",
	grace_longer: "The grace of {count} ended {count|certificate|certificates} becomes longer.",
	grace_stays_over: "{count} {count|certificate whose grace is over stays|certificates whose grace is over stay} so.",
	rights_fetched:
		"The {count|customer|customers} of {count} {count|right|rights} not yet fetched {count|follows|follow} the new setting when fetching.",
	sessions_kept: "The {count} {count|session of now stays as it is|sessions of now stay as they are}.",
	from_now_on: "It applies to what is done from then on.",
};
