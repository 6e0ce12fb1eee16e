// Every error code in English. Total: a missing code does not compile.
import type { ErrorCode } from "../../generated/desk";
import type { ErrorText } from "./errors";

const callHeadOffice = "Call the systems section of head office.";
const openAgain = "Open the screen again.";

export const errorTextsEn: Record<ErrorCode, ErrorText> = {
	request_malformed: { title: "What was sent has the wrong form.", next: "Open the screen again and enter it anew." },
	body_too_large: { title: "What was sent is too large.", next: "Make it shorter and try again." },
	not_found: { title: "There is no such thing.", next: "Go back and try again." },
	id_malformed: { title: "The id has the wrong form.", next: openAgain },
	branch_code_malformed: { title: "A branch code has 3 digits.", next: "Check the branch code." },
	cif_malformed: { title: "A CIF number has up to 10 digits.", next: "Check the CIF number." },
	contract_number_malformed: { title: "A contract number has 8 to 12 digits.", next: "Check the contract number." },
	user_id_malformed: { title: "A user ID has 6 to 20 letters and digits.", next: "Check the user ID." },
	staff_id_malformed: { title: "A staff number has 4 to 16 letters and digits.", next: "Check the staff number." },
	serial_malformed: { title: "The serial number has the wrong form.", next: "Check the number." },
	text_missing: { title: "Nothing was entered.", next: "Fill this field in." },
	text_too_long: { title: "It is longer than {max} characters.", next: "Make it shorter." },
	text_forbidden_character: {
		title: "A character ({character}) can't be used.",
		next: "Take control characters and changes of direction out.",
	},
	kana_malformed: { title: "“{character}” is not kana.", next: "Enter katakana." },
	phone_malformed: { title: "The phone number has the wrong form.", next: "Enter 10 or 11 digits, with hyphens." },
	email_malformed: { title: "The e-mail address has the wrong form.", next: "Check the address." },
	date_out_of_range: {
		title: "The day is out of range.",
		next: "Receipt and hand-over are today or before, closing and opening up to a year ahead, and none too far back.",
	},
	session_missing: { title: "Please sign in.", next: "Sign in again." },
	session_mismatch: { title: "This sign-in is not good for this terminal.", next: "Sign in again." },
	sign_in_denied: { title: "Staff number or password is wrong.", next: "Check them and enter them again." },
	sign_in_locked: {
		title: "Wrong too often: locked until {until}.",
		next: "Wait, or call a supervisor.",
	},
	terminal_denied: { title: "This terminal is not enrolled, or was revoked.", next: callHeadOffice },
	invitation_denied: {
		title: "The invitation is not valid, or has ended.",
		next: "Ask the systems section of head office for a new one.",
	},
	envelope_signature_invalid: { title: "The terminal's signature does not fit.", next: callHeadOffice },
	institution_mismatch: { title: "This act is for another institution.", next: "Start the app again." },
	role_not_permitted: { title: "You have no right to do this.", next: "Ask somebody who has." },
	branch_not_permitted: { title: "This is another branch's customer.", next: "Call that branch." },
	two_person_rule: {
		title: "You can't approve, return or reject what you registered yourself.",
		next: "Ask another supervisor.",
	},
	command_id_reused: { title: "Something else was sent under the same id.", next: openAgain },
	version_conflict: {
		title: "{by} changed this customer before you{did}.",
		next: "Look at what it is now, and do it again. What you entered is still there.",
	},
	attachment_mismatch: { title: "What is attached does not fit.", next: "Open the screen again and try again." },
	code_hash_mismatch: { title: "The pickup code could not be sent.", next: "Print again." },
	customer_unknown: { title: "This customer is not registered.", next: "Search again." },
	customer_exists: { title: "A customer with this CIF number exists.", next: "Search by the CIF number." },
	contract_unknown: { title: "There is no such contract.", next: "Choose the contract again." },
	contract_exists: { title: "This contract number is in use.", next: "Check the contract number." },
	contract_closed: { title: "This contract is closed.", next: "Choose an active one." },
	user_unknown: { title: "There is no user ID {user_id}.", next: "Check the user ID." },
	user_exists: { title: "User ID {user_id} is in use.", next: "Enter another one." },
	users_missing: { title: "No user ID was chosen.", next: "Choose one or more." },
	user_twice: { title: "User ID {user_id} is there twice.", next: "Take one away." },
	administrator_count: { title: "A contract has one administrator.", next: "Check the roles." },
	users_too_many: { title: "A contract has up to {max} user IDs.", next: "Take some away." },
	already_certificate_method: { title: "User ID {user_id} uses certificates already{who}.", next: "Don't choose it." },
	application_open: {
		title: "There is an open application for user ID {user_id} (receipt {receipt}){who}.",
		next: "Handle that one first.",
	},
	certificate_usable: {
		title: "User ID {user_id} has a usable certificate{who}.",
		next: "Look at the certificate's state.",
	},
	nothing_to_reissue: {
		title: "No certificate was ever issued to user ID {user_id}.",
		next: "Register an application to move to certificates.",
	},
	stopped_by_incident: {
		title: "User ID {user_id} is stopped.",
		next: "First end the incident by resuming or revoking.",
	},
	reissue_by_administrator: {
		title: "User ID {user_id} is reissued by the customer's administrator.",
		next: "Have the administrator do it in WEB-FB.",
	},
	contract_closing: { title: "This contract closes on {closing_on}.", next: "Look at the application to close it." },
	recontract_user_id: {
		title: "The institution's rule names user IDs in a new contract otherwise ({user_id}).",
		next: "Keep it or enter a new one, as the screen says.",
	},
	no_slip_for_renewal: {
		title: "The customer is renewing this certificate: it has no slip.",
		next: "Have the customer go on at the renewal page, or register a reissue.",
	},
	renewal_denied: {
		title: "There is no certificate that could be renewed.",
		next: "Open the page in the PC that holds the present certificate.",
	},
	renewal_not_open: { title: "It can be renewed from {opens_on} on.", next: "Try again on that day." },
	renewal_refused: { title: "This certificate can't be renewed.", next: "Please call your branch." },
	renewal_too_late: {
		title: "It ended too long ago ({ended_on}) to be renewed.",
		next: "Please apply for a reissue at your branch.",
	},
	pickup_not_open: { title: "It can be fetched from {opens_on} on.", next: "Try again on that day." },
	cause_missing: {
		title: "Choose the cause of the reissue.",
		next: "It decides how the present certificate ends.",
	},
	successor_exists: {
		title: "User ID {user_id} has an issue that was not fetched{who}.",
		next: "Print the slip again.",
	},
	check_missing: { title: "The paper has not been checked.", next: "Check it, and tick the box." },
	application_unknown: { title: "There is no such application.", next: "Go back to the list." },
	application_exists: { title: "This application is registered already.", next: "Look at the list of applications." },
	application_state: { title: "This application has been handled{who}.", next: "Look at what it is now." },
	certificate_unknown: { title: "There is no such certificate.", next: "Open the customer again." },
	certificate_state: {
		title: "This certificate is not in a state for that.",
		next: "Look at what it is now.",
	},
	slip_not_printed: { title: "The slip has not been printed.", next: "Print the slip first." },
	incident_unknown: { title: "There is no such incident.", next: "Open the customer again." },
	incident_state: { title: "This incident has been handled{who}.", next: "Look at what it is now." },
	nothing_to_stop: {
		title: "There is no certificate to stop.",
		next: "Look at user ID and certificate. A login by ID and password, or with a certificate issued elsewhere, can't be stopped here.",
	},
	stopped_already: {
		title: "It is stopped already ({at}){who}.",
		next: "The stop is in force. Record what the caller said with the incident on the customer's page.",
	},
	resume_refused: {
		title: "This stop can't be resumed.",
		next: "After theft, suspected misuse, or if anybody else could have used it: revoke.",
	},
	paper_missing: {
		title: "The revocation request has not arrived.",
		next: "Record it, then revoke. The stop goes on.",
	},
	staff_exists: { title: "This staff number exists.", next: "Check the staff number." },
	staff_unknown: { title: "There is no such member of staff.", next: "Check the staff number." },
	terminal_state: { title: "The terminal is not in a state for that.", next: callHeadOffice },
	actor_not_permitted: { title: "This act is not permitted.", next: callHeadOffice },
	pickup_denied: {
		title: "User ID or pickup code is wrong.",
		next: "Look at the slip and enter them again.",
	},
	pickup_too_many_tries: {
		title: "Wrong too often: nothing can be entered for a while.",
		next: "Try again in about {retry_after_s} seconds.",
	},
	pickup_deadline_passed: { title: "The pickup deadline ({deadline}) has passed.", next: "Please call your branch." },
	pickup_other_key: {
		title: "This certificate is being fetched elsewhere.",
		next: "Go on in the PC and browser it was begun in, or call your branch.",
	},
	pickup_cancelled: { title: "This issue was cancelled.", next: "Please call your branch." },
	pickup_held: { title: "This issue is stopped.", next: "Look at the incident." },
	platform_not_allowed: {
		title: "It can't be fetched with this PC or browser.",
		next: "Open the page in Microsoft Edge or Google Chrome on Windows.",
	},
	csr_malformed: { title: "The certificate request can't be read.", next: "Open the page again." },
	csr_signature_invalid: { title: "The signature of the certificate request is wrong.", next: "Open the page again." },
	csr_extension_refused: { title: "The certificate request asks for more.", next: "Fetch it from this page." },
	key_type_refused: { title: "This kind of key can't be used.", next: "Fetch it from this page." },
	key_weak: { title: "The key is too weak.", next: "Fetch it from this page." },
	key_reused: { title: "This key was used before.", next: "Open the page again and fetch with a new key." },
	confirm_signature_invalid: { title: "The key could not be confirmed.", next: "Press 有効にする again." },
	keyring_unavailable: {
		title: "This PC's keyring can't be used.",
		next: "Sign in to Windows or the desktop again, then start the app.",
	},
	replica_unreadable: {
		title: "This PC's copy of the log can't be opened.",
		next: "Call the systems section of head office. Acts to be sent are not lost.",
	},
	disk_full: {
		title: "This PC's disk is full. Nothing was registered or sent.",
		next: "Make room and do it again. Make an urgent stop at another terminal or by telephone.",
	},
	profile_read_only: {
		title: "This PC's copy of the log can't be written.",
		next: "Call the systems section of head office. Acts to be sent are not lost.",
	},
	epoch_ended: {
		title: "The centre's log was put back from a backup.",
		next: "Please wait: this terminal's entries are being compared.",
	},
	log_mismatch: {
		title: "The issuance log contradicts what this terminal has seen. Work has been stopped.",
		next: "Do nothing more. Call the systems section of head office and the auditors at once.",
	},
	desk_locked: { title: "The screen is locked.", next: "Enter your password." },
	not_enrolled: {
		title: "This terminal is not enrolled.",
		next: "Ask the systems section of head office to enrol it.",
	},
	offline: {
		title: "The centre can't be reached.",
		next: "Try again when the connection is back. Without it only applications and reports of losses can be registered.",
	},
	replica_newer: {
		title: "This PC's copy of the log belongs to a newer version of the app.",
		next: "Update the app. The copy and the acts to be sent stay as they are.",
	},
	config_invalid: {
		title: "The settings have a mistake. {why}",
		next: "Call the systems section of head office; desk.toml has to be mended before the app starts.",
	},
	centre_not_trusted: {
		title: "The centre's certificate does not have the configured fingerprint. There is no connection.",
		next: "Do nothing more. Call the systems section of head office.",
	},
	sign_in_offline: {
		title: "Not possible after signing in without the centre.",
		next: "Sign in again when the connection is back. Applications and emergency stops can be taken as you are.",
	},
	offline_sign_in_over: {
		title: "Signing in without the centre is not possible.",
		next: "Only staff who signed in at this PC with the centre within {hours} {hours|hour|hours} can. Wait for the connection.",
	},
	offline_sign_in_locked: {
		title: "Wrong too often without the centre.",
		next: "Sign in again when the connection is back. Restarting does not help.",
	},
	clock_set_back: {
		title: "This PC's clock was set back.",
		next: "Set it right, or wait for the connection.",
	},
	held_act_unknown: { title: "This act has been reviewed.", next: "Look at what it is now." },
	held_staff_locked: {
		title: "For review: its author was locked after signing in.",
		next: "A supervisor of the branch asks the author, and accepts it under Approvals.",
	},
	held_staff_changed: {
		title: "For review: its author's role or branch has changed since.",
		next: "A supervisor of the branch asks the author, and accepts it under Approvals.",
	},
	held_late: {
		title: "For review: it was made after the time allowed without the centre.",
		next: "A supervisor of the branch asks when and by whom, and accepts it under Approvals.",
	},
	held_act_dismissed: {
		title: "A supervisor did not accept it{who}.",
		next: "Ask why; open the form again if it is needed.",
	},
	slip_failed: {
		title: "The paper can't be made. {character}",
		next: "Look at the characters of the name, and call the systems section of head office.",
	},
	slip_overtaken: {
		title: "The same slip was printed at another terminal in the same moment. This one is not printed.",
		next: "Only the other terminal's slip is good. Ask there; to hand one over here, print again (that ends the other).",
	},
	slip_save_refused: { title: "A slip can't be saved.", next: "Print it (saving is for training only)." },
	file_not_saved: {
		title: "The file could not be saved.",
		next: "Close a file of the same name, or choose another folder, and try again.",
	},
	export_unmappable: {
		title: "Row {row} has a character ({character}) in column {column} that Shift_JIS does not know.",
		next: "Export as CSV (UTF-8), Excel or PDF instead.",
	},
	export_too_long: {
		title: "{rows} entries are too many for this kind of file (at most {most}).",
		next: "Narrow the period, or choose CSV.",
	},
	text_too_broad: {
		title: "More than {most} customers have a number that begins with this text.",
		next: "Type more of it, and export again.",
	},
	rate_limited: { title: "There are too many requests.", next: "Wait a little and try again." },
	unavailable: { title: "The centre is not available for the moment.", next: "Wait a little and try again." },
	recovering: {
		title: "The centre is recovering. This is not possible yet.",
		next: "Losses and thefts can be reported. When it is over, the line at the top goes away.",
	},
	internal: {
		title: "Something unexpected happened.",
		next: "Tell the reference number to the systems section of head office.",
	},
	terminal_revoked: {
		title: "This terminal was revoked.",
		next: "Call the systems section of head office. To use it again, a new invitation is needed.",
	},
	terminal_moved: { title: "This terminal has moved to another branch.", next: "Do what the screen says." },
	terminal_certificate_ended: {
		title: "This terminal's certificate has ended, and the centre can't be reached.",
		next: "Call the systems section of head office, and enrol with a new invitation.",
	},
	terminal_busy: { title: "Acts wait to be sent.", next: "Wait until they are." },
	held_terminal_revoked: {
		title: "For review: it came from a revoked terminal, after that.",
		next: "A supervisor of the branch asks the author, and accepts it under Approvals.",
	},
	centre_address_malformed: {
		title: "The address of the centre has the wrong form.",
		next: "Enter name and port as the invitation has them, beginning with https://.",
	},
	centre_not_there: {
		title: "There is no enrolment at this address.",
		next: "Compare address and port with the invitation.",
	},
	fingerprint_malformed: {
		title: "The fingerprint can't be read.",
		next: "Enter the 16 words with spaces between them, or paste 64 hexadecimal digits.",
	},
	fingerprint_word_unknown: {
		title: "“{word}” is no word of a fingerprint.",
		next: "Compare with the invitation word by word.",
	},
	fingerprint_typo: {
		title: "One of the 16 words is wrong, or two are swapped.",
		next: "Compare with the invitation word by word.",
	},
	head_differs: {
		title: "The head on paper is not the head of this log at {size} {size|entry|entries}.",
		next: "Check the words and the number; if they still differ, keep the paper and call the systems section of head office and the auditors.",
	},
	fingerprint_mismatch: {
		title: "Who answered is not the centre of the invitation. Nothing was enrolled.",
		next: "Check address and fingerprint; if it still differs, call the systems section of head office.",
	},
	fingerprint_missing: {
		title: "The centre's fingerprint was not compared.",
		next: "Enter the 16 words of the invitation, or compare those that are shown.",
	},
	invitation_text_malformed: {
		title: "The text of the invitation can't be read.",
		next: "Paste all of it from “MADOGUCHI:” on, or fill in the fields below.",
	},
	root_malformed: { title: "This file is no certificate.", next: "Choose root.cer." },
	branch_unknown: { title: "There is no branch with this code.", next: "Check the branch code." },
	branch_exists: { title: "A branch with this code exists.", next: "Look at the list of branches." },
	branch_merged: {
		title: "This branch is to merge into {into}.",
		next: "Use that branch's code, or call the merger off before its day.",
	},
	import_missing: {
		title: "The centre does not hold the file that was looked at.",
		next: "Choose the file once more, and look at it.",
	},
	import_under_way: { title: "Another import is under way.", next: "Wait for its end, and try again." },
	import_lines: { title: "The file has bad lines.", next: "Correct the file and choose it again." },
	import_unreadable: {
		title: "This file can't be imported.",
		next: "Look whether it is a CSV, in the encoding chosen.",
	},
	import_columns: {
		title: "The first line names other columns than it must.",
		next: "{lacking}{strange}{doubled}Look at the first line, and at the encoding chosen.",
	},
	import_too_long: {
		title: "The file has {rows} lines; {max} are taken over at a time.",
		next: "Split it before line {line}. Keep the lines of a customer in one file.",
	},
	import_cancelled: { title: "The import was given up.", next: "Nothing was taken over." },
	import_elsewhere: { title: "This is another instance of the centre.", next: "Wait a little, and try again." },
	customers_too_many: { title: "One request names {max} customers at most.", next: "Ask in several requests." },
	customer_number_taken: {
		title: "The CIF number {cif} is another customer's at the other branch.",
		next: "Enter the number that the customer is to have there.",
	},
	customer_twice: {
		title: "The customer {cif} is named twice, or is being moved already.",
		next: "Take out the lines that are there twice.",
	},
	branch_same: { title: "It is the same branch.", next: "Enter another branch code." },
	held_acts_open: {
		title: "Acts made off-line wait for review.",
		next: "Move the customer when a supervisor has reviewed them.",
	},
	day_signed_off: {
		title: "This business day is signed off already. {who}",
		next: "The list shows what was signed off. It was signed off at {at}.",
	},
	day_not_business: {
		title: "{day} is no business day.",
		next: "Its records belong to the sign-off of the next business day.",
	},
	day_not_over: { title: "Business has not closed yet.", next: "Sign it off after closing, {closes}." },
	day_before_first: {
		title: "The records of this branch begin later.",
		next: "Choose a business day from {first} on.",
	},
	day_changed: {
		title: "Not all records of this business day have arrived yet.",
		next: "When the synchronisation has ended, look at the day again and sign it off.",
	},
	day_head_unknown: {
		title: "The log that was looked at is not the centre's.",
		next: "Check the synchronisation. If that does not help, call the systems section.",
	},
	day_own_work: {
		title: "You did something exceptional yourself on this day ({what}), so you can't sign it off.",
		next: "Another supervisor, a deputy or head office signs it off.",
	},
	day_comment_missing: {
		title: "A comment is needed ({count} {count|exception|exceptions}).",
		next: "Write what was checked about the exceptions, or why head office signs off.",
	},
	policy_setting_unknown: {
		title: "There is no such setting ({field}).",
		next: "Open the screen again. If it goes on, update the app on this PC.",
	},
	policy_value_refused: {
		title: "This value is not allowed.",
		next: "Keep to what stands under “Allowed”. Renewal and reminders can't begin earlier than the validity.",
	},
	policy_unchanged: { title: "It is what is in force.", next: "Enter another value." },
	policy_change_waiting: {
		title: "Another change waits to be confirmed{who}.",
		next: "Propose when that one is confirmed or withdrawn.",
	},
	policy_change_unknown: { title: "There is no such proposal.", next: openAgain },
	policy_change_state: {
		title: "This change was confirmed or withdrawn{who}.",
		next: "Look at the history.",
	},
	replica_beyond_recovery: {
		title: "This PC's key opens neither the copy of the log nor what is beside it. Nothing was changed.",
		next: "Call the systems section of head office to put the keyring's key back or to enrol anew. If acts were to be sent, ask the customers.",
	},
	account_locked: { title: "Head office has locked this account.", next: callHeadOffice },
	own_account: { title: "You can't change your own account.", next: "Ask another person of head office." },
	staff_state: { title: "{account}", next: "Look at what it is now." },
	proposal_open: {
		title: "A proposal waits for its second person already{who}.",
		next: "Confirm or withdraw that one first.",
	},
	proposal_unknown: { title: "This proposal was confirmed or withdrawn.", next: "Look at what it is now." },
	password_change_needed: {
		title: "You signed in with a temporary password.",
		next: "Change it to your own first.",
	},
	temporary_password_over: {
		title: "The temporary password has ended (72 hours).",
		next: "Ask the systems section of head office for a new one.",
	},
	password_temporary: {
		title: "This person has not changed the temporary password yet{who}.",
		next: "Do it again when that person has signed in and changed it.",
	},
	password_given_lately: {
		title: "You gave this person a temporary password: until {until} you take no part in letting them approve.",
		next: "Ask another person of head office.",
	},
	password_missing: {
		title: "The password did not arrive, or has the wrong form.",
		next: "Withdraw the proposal and do it again.",
	},
	password_wrong: { title: "The present password is wrong.", next: "Check it and enter it again." },
	password_too_short: { title: "The password is too short.", next: "Use {min} characters or more." },
	password_too_long: { title: "The password is too long.", next: "Use {max} characters or fewer." },
	password_common: {
		title: "The password is easily guessed. {reason}",
		next: "Several words in a row, a longer phrase, are better.",
	},
	password_same: { title: "It is the present password.", next: "Choose another one." },
	password_differs: { title: "The two are not the same.", next: "Enter the same password again." },
};
