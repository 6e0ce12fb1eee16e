// Every problem in English.
import type { ProblemCode } from "../problem";
import type { ProblemText } from "./problems.ja";

const ours = (title: string): ProblemText => ({
	title,
	body: "You have done nothing wrong. The certificate is not active yet.",
	next: "Press “Send it again”. If this comes up again, please tell us the reference number.",
});

export const problemsEn = {
	renewal_denied: {
		title: "No certificate to renew was shown",
		body: "This browser has shown none of our certificates: none was chosen, there is none on this computer, or its validity has ended.",
		next: "Close the browser completely, open it again, and choose your present certificate. If its validity has ended, choose “Replace an expired certificate” on the pickup page. If this is unexpected, please call your branch.",
	},
	renewal_not_open: {
		title: "It is too early to renew",
		body: "This certificate can be renewed from {opens_on}.",
		next: "Open this page again on or after {opens_on}. Until then simply go on using your certificate.",
	},
	renewal_refused: {
		title: "This certificate cannot be renewed",
		body: "It is suspended or revoked, its user ID or contract has ended, or a new certificate has taken its place.",
		next: "If you have a newer certificate, restart the browser and choose that one. If this is unexpected, please call your branch.",
	},
	renewal_too_late: {
		title: "The time for renewal is over",
		body: "The validity of this certificate ended on {ended_on}, and so has the time for replacing it on-line.",
		next: "Please apply for a reissue at your branch.",
	},
	successor_exists: {
		title: "Your branch is issuing a certificate",
		body: "A new certificate has been prepared for this user ID by an application at your branch.",
		next: "Please fetch it with the pickup code on the notice of issue (発行通知書) from your branch.",
	},
	pickup_denied: {
		title: "User ID or pickup code is wrong",
		body: "There is no certificate to fetch for what you have entered.",
		next: "Compare both with your notice and try again. If you were given a new notice, the old code is no longer good.",
	},
	pickup_too_many_tries: {
		title: "Stopped for a while after several wrong tries",
		body: "For safety nothing is accepted for {wait}. Your pickup code is not lost.",
		next: "Wait {wait}, look at your notice, and try again.",
	},
	pickup_deadline_passed: {
		title: "The deadline has passed",
		body: "The certificate had to be fetched by {deadline} and can no longer be fetched.",
		next: "Please ask your branch to issue it again.",
	},
	pickup_other_key: {
		title: "This pickup code has been used already",
		body: "The pickup was begun or finished on another computer or browser. It can go on only in the browser that began it.",
		next: "Go on with the computer and browser you used first. If it was not you, contact your branch at once.",
	},
	pickup_cancelled: {
		title: "This pickup was cancelled",
		body: "At your request, or by our own procedure, it can no longer be fetched.",
		next: "Please contact your branch.",
	},
	pickup_not_open: {
		title: "Too early to fetch",
		body: "This code works from the first day of the new contract, {opens_on}. The code is not lost.",
		next: "Open this page again on or after {opens_on}.",
	},
	pickup_held: {
		title: "This pickup has been stopped",
		body: "A loss or theft was reported. Nothing is fetched or renewed for this user ID meanwhile.",
		next: "Please contact your branch.",
	},
	platform_not_allowed: {
		title: "A certificate cannot be fetched here",
		body: "Your system or browser is not supported. The pickup code has not been used.",
		next: "Open this page with Microsoft Edge or Google Chrome on Windows.",
	},
	csr_malformed: ours("The key could not be received"),
	csr_signature_invalid: ours("The key could not be verified"),
	csr_extension_refused: ours("The request held something that is not accepted"),
	key_type_refused: {
		title: "This kind of key is not accepted",
		body: "Our settings may have changed since you opened the page.",
		next: "Open the page again and start from the beginning.",
	},
	key_weak: ours("The key was not strong enough"),
	key_reused: {
		title: "This key was used in an earlier certificate",
		body: "For safety a key is never used twice.",
		next: "Open the page again and start from the beginning. If this comes up again, please contact us.",
	},
	confirm_signature_invalid: ours("The certificate could not be made active"),
	request_malformed: ours("What was sent could not be read"),
	body_too_large: ours("What was sent is too large"),
	user_id_malformed: {
		title: "The user ID has the wrong form",
		body: "A user ID has 6 to 20 letters and digits.",
		next: "Look at your notice and try again.",
	},
	id_malformed: ours("What was sent could not be read"),
	not_found: ours("The page was not found"),
	rate_limited: {
		title: "We are busy at the moment",
		body: "There were many requests in a short time.",
		next: "Wait {wait}, then press “Send it again”.",
	},
	internal: ours("Something went wrong in our system"),
	unavailable: {
		title: "The service is not available now",
		body: "What you have entered is not lost.",
		next: "Wait a little, then press “Send it again”.",
	},
	recovering: {
		title: "Certificates can't be fetched or renewed now",
		body: "Our systems are being restored. What you have entered is not lost.",
		next: "Wait a while, then press “Send it again”. If it is urgent, please call your branch.",
	},
	network: {
		title: "We could not be reached",
		body: "There is no internet connection, or it broke. No second certificate is made by trying again.",
		next: "Check your connection and press “Send it again”. You may also close the page and go on later in this browser.",
	},
	answer_malformed: ours("The answer could not be read"),
	answer_mismatch: {
		title: "The certificate does not fit your key",
		body: "For safety no file was made. The certificate is not active.",
		next: "Please stop here and contact us.",
	},
	key_failed: {
		title: "The key or the file could not be made on this computer",
		body: "A setting or an extension of your browser may be in the way.",
		next: "Switch extensions off or update the browser, and try again.",
	},
	storage_failed: {
		title: "The browser could not keep the pickup",
		body: "If it were interrupted you could not go on, so we stop here.",
		next: "Use a normal window, not a private one, check the free disk space, and try again.",
	},
	request_unreadable: {
		title: "The certificate request cannot be read",
		body: "The file or text is not a certificate request (PKCS#10) as certreq makes it.",
		next: "Choose the .req file that the command made, as it is.",
	},
	renewal_begun: {
		title: "A renewal was begun with another key",
		body: "It was begun in another browser, perhaps, and is not finished.",
		next: "Go on there, or press “Send it again”: that renewal is cancelled then, and this one goes on with its own key.",
	},
	backup_unreadable: {
		title: "The file cannot be opened",
		body: "The passphrase is wrong, or this is not a certificate file (.p12) made on these pages.",
		next: "Check the file and the passphrase and try again. If either is lost, please apply for a reissue at your branch.",
	},
} satisfies Record<ProblemCode, ProblemText>;
