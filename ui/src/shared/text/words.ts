// One word for each state, role and kind: the same on screen, paper and log.
import type {
	ApplicationState,
	BranchChangeKind,
	CertificateState,
	DayException,
	HandoverMethod,
	IdentityDocument,
	IncidentCause,
	IncidentOutcome,
	LoginMethod,
	NoticeKind,
	OutboxState,
	ReissueCause,
	RequestKind,
	RevocationReason,
	Role,
	TerminalState,
	UserRole,
} from "../../generated/desk";
import { type TextKey, t } from "./ja";
import { language } from "./language";
import { actWordsEn, applicationWordsEn, certificateWordsEn, eventWordsEn } from "./words.en";

const certificateWords: Record<CertificateState, string> = {
	authorised: "発行済・未取得",
	signed: "受渡中",
	active: "有効",
	suspended: "一時停止",
	revoked: "失効",
	expired: "期限切れ",
	lapsed: "取得期限切れ",
	cancelled: "取消",
};

const applicationWords: Record<ApplicationState, string> = {
	submitted: "承認待ち",
	returned: "差戻し",
	rejected: "否認",
	withdrawn: "取下げ",
	approved: "承認済",
	completed: "完了",
};

export const isCertificateState = (word: string): word is CertificateState => word in certificateWords;
export const isApplicationState = (word: string): word is ApplicationState => word in applicationWords;
export const certificateWord = (state: CertificateState): string =>
	(language() === "en" ? certificateWordsEn : certificateWords)[state];
export const applicationWord = (state: ApplicationState): string =>
	(language() === "en" ? applicationWordsEn : applicationWords)[state];

/** Words by a key that a newer centre may have more of: an unknown one shows itself. */
function named(ja: Record<string, string>, en: () => Record<string, string>) {
	return (key: string): string => (language() === "en" ? en() : ja)[key] ?? key;
}

const keyed =
	<K extends string>(map: Record<K, TextKey>) =>
	(key: K) =>
		t(map[key]);

export const roleWord = keyed<Role>({
	teller: "staffTeller",
	sales_rep: "staffSalesRep",
	supervisor: "staffSupervisor",
	head_office: "staffHeadOffice",
	auditor: "staffAuditor",
});
export const roles: Role[] = ["teller", "sales_rep", "supervisor", "head_office", "auditor"];
export const isRole = (word: string): word is Role => roles.some((role) => role === word);
/** 代行: the role is the one somebody stood in for. */
export const actingWord = (role: Role, deputy: boolean): string =>
	deputy ? `${roleWord(role)}${t("staffDeputySuffix")}` : roleWord(role);
const terminalStates: Record<TerminalState, TextKey> = {
	unknown: "unknown",
	requested: "terminalRequested",
	invited: "terminalInvited",
	enrolled: "terminalEnrolled",
	revoked: "terminalRevoked",
};
export const isTerminalState = (word: string): word is TerminalState => word in terminalStates;
export const terminalStateWord = keyed(terminalStates);
const branchChanges: Record<BranchChangeKind, TextKey> = {
	merge: "branchMerge",
	withdraw_merger: "branchWithdraw",
	move_customers: "moveCustomers",
};
export const isBranchChange = (word: string): word is BranchChangeKind => word in branchChanges;
export const branchChangeWord = keyed(branchChanges);
export const userRoleWord = keyed<UserRole>({
	administrator: "roleAdministrator",
	approver: "roleApprover",
	operator: "roleOperator",
});
export const userRoles: UserRole[] = ["administrator", "approver", "operator"];
export const loginWord = keyed<LoginMethod>({
	password: "loginPassword",
	certificate: "loginCertificate",
	elsewhere: "loginElsewhere",
});
export const kindWord = keyed<RequestKind>({
	move_to_certificate: "kindMove",
	new_contract: "kindNew",
	add_user: "kindAdd",
	reissue: "kindReissue",
	remove_users: "kindRemove",
	close: "kindClose",
	recontract: "kindRecontract",
	rename: "kindRename",
	force_stop: "kindForceStop",
});
export const handoverWord = keyed<HandoverMethod>({
	window: "handoverWindow",
	registered_post: "handoverPost",
	sales_rep: "handoverSalesRep",
});
export const outboxWord = keyed<OutboxState>({
	waiting: "outboxWaiting",
	sending: "outboxSending",
	confirmed: "outboxConfirmed",
	held: "outboxHeld",
	refused: "outboxRefused",
});
export const identityWord = keyed<IdentityDocument>({
	drivers_licence: "identityDriversLicence",
	my_number_card: "identityMyNumberCard",
	passport: "identityPassport",
	residence_card: "identityResidenceCard",
	company_register: "identityCompanyRegister",
	known_customer: "identityKnownCustomer",
});

export const reissueCauses: ReissueCause[] = [
	"replaced",
	"broken",
	"disk_left",
	"deleted",
	"vanished",
	"renamed",
	"ended",
];
export const isReissueCause = (word: string): word is ReissueCause => reissueCauses.some((cause) => cause === word);
export const reissueCauseWord = keyed<ReissueCause>({
	replaced: "reissueReplaced",
	broken: "reissueBroken",
	disk_left: "reissueDiskLeft",
	deleted: "reissueDeleted",
	vanished: "reissueVanished",
	renamed: "reissueRenamed",
	ended: "reissueEnded",
});
/** What becomes of the old certificate, before anybody sends anything. */
export const reissueMeaning = keyed<ReissueCause>({
	replaced: "oldEndsLater",
	broken: "oldEndsLaterBackup",
	disk_left: "oldEndsNow",
	deleted: "oldEndsLater",
	vanished: "oldEndsNowVanished",
	renamed: "oldEndsLater",
	ended: "oldNone",
});

const reasons: Record<RevocationReason, TextKey> = {
	key_compromise: "reasonKeyCompromise",
	affiliation_changed: "reasonAffiliationChanged",
	superseded: "reasonSuperseded",
	cessation_of_operation: "reasonCessation",
	privilege_withdrawn: "reasonPrivilegeWithdrawn",
};
const reasonWords = keyed(reasons);
export const isRevocationReason = (word: string): word is RevocationReason => word in reasons;
/** The branch's word, and what stands in the revocation list (RFC 5280). */
export const reasonWord = (reason: RevocationReason): string =>
	`${reasonWords(reason)} ${reason.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())}`;

export const causes: IncidentCause[] = ["lost", "stolen", "misuse"];
export const isCause = (word: string): word is IncidentCause => causes.some((cause) => cause === word);
export const causeWord = keyed<IncidentCause>({ lost: "causeLost", stolen: "causeStolen", misuse: "causeMisuse" });
export const outcomeWord = keyed<IncidentOutcome>({ resumed: "outcomeResumed", revoked: "outcomeRevoked" });

export const noticeWord = keyed<NoticeKind>({
	suspension: "noticeSuspension",
	revocation: "noticeRevocation",
	restore: "noticeRestore",
});

/** An event of the log in a few words. An event this version does not know shows its own label. */
export const eventWords = {
	log_opened: "ログの開始",
	epoch_opened: "バックアップからの復旧",
	recovery_ended: "復旧の完了",
	branch_opened: "店舗の登録",
	branch_renamed: "店舗名の変更",
	branch_merged: "店舗の統合の決定",
	merger_withdrawn: "店舗の統合の取りやめ",
	branch_change_proposed: "店舗の統合・移管の依頼",
	branch_change_confirmed: "店舗の統合・移管の承認",
	branch_change_dismissed: "店舗の統合・移管の依頼の取下げ",
	customers_moved: "お客様の移管の完了",
	import_ordered: "お客様の取り込みの指示",
	day_signed_off: "日次検印",
	customer_moved: "移管(取引店の変更)",
	policy_opened: "運用の設定の開始",
	policy_change_proposed: "運用の設定の変更の提案",
	policy_change_confirmed: "運用の設定の変更の確認",
	policy_change_withdrawn: "運用の設定の変更の取下げ",
	customer_recorded: "お客様の登録",
	contract_recorded: "契約の登録",
	application_submitted: "申込の登録(承認依頼)",
	application_resubmitted: "申込の再依頼",
	application_withdrawn: "申込の取下げ",
	application_approved: "承認",
	application_returned: "差戻し",
	application_rejected: "否認",
	application_completed: "申込の完了",
	contract_opened: "契約の開始",
	user_added: "利用者IDの追加",
	right_granted: "発行",
	slip_printed: "発行通知書の印刷",
	pickup_code_lost: "取得コードの無効(復旧による・再印刷が必要)",
	slip_handed_over: "発行通知書の交付",
	certificate_signed: "証明書の取得(受渡中)",
	certificate_activated: "証明書の有効化",
	right_lapsed: "取得期限切れ",
	certificate_expired: "有効期限切れ",
	grace_ended: "再取得期間の終了",
	renewal_granted: "更新の開始(お客様)",
	contract_closing: "解約日の設定",
	contract_closed: "解約",
	contract_linked: "再契約(新旧契約の紐付け)",
	user_moved: "利用者IDの新契約への引継ぎ",
	user_removed: "利用者IDの削除",
	customer_changed: "名義・連絡先の変更",
	paper_reminder_recorded: "失効依頼書の督促",
	advice_given: "ご案内の記録",
	incident_reported: "事故の受付(緊急停止)",
	certificate_suspended: "一時停止",
	right_frozen: "取得の凍結",
	incident_recorded: "聴取内容の記録",
	revocation_paper_received: "失効依頼書の受領",
	incident_confirmed: "事後検印",
	certificate_resumed: "再開",
	right_released: "取得の凍結解除",
	certificate_revoked: "失効",
	right_cancelled: "発行の取消",
	incident_closed: "事故の完結",
	staff_added: "職員の登録",
	signed_in: "サインイン",
	signed_out: "サインアウト",
	locked_out: "サインインの停止",
	terminal_invited: "端末の招待",
	terminal_requested: "端末の申請",
	terminal_renewed: "端末の証明書の更新",
	terminal_moved: "端末の移設",
	terminal_enrolled: "端末の登録",
	terminal_revoked: "端末の取消",
	refused: "受付不可",
	act_held: "オフラインの操作の保留(審査待ち)",
	held_act_accepted: "オフラインの操作の受付(審査済)",
	held_act_dismissed: "オフラインの操作の不受理",
	stop_to_review: "停止の確認の依頼(オフラインの受付)",
	staff_changed: "職員の権限・取引店の変更",
	stop_target_sought: "緊急停止のための照会(他の取引店)",
	staff_locked: "職員のロック",
	staff_unlocked: "職員のロック解除",
	password_reset: "仮パスワードの発行",
	password_changed: "パスワードの変更(本人)",
	deputy_named: "代行の任命",
	deputy_ended: "代行の終了",
	staff_left: "職員の退職",
	staff_proposed: "職員の登録・変更の依頼",
	proposal_confirmed: "もう一人の承認",
	proposal_dismissed: "依頼の取下げ",
	viewed: "監査による閲覧",
};
export const eventWord = named(eventWords, () => eventWordsEn);

/** What an act asked for, in a few words. */
export const actWords = {
	record_customer: "お客様の登録",
	submit_application: "申込の登録",
	resubmit_application: "申込の再依頼",
	withdraw_application: "申込の取下げ",
	approve_application: "承認",
	return_application: "差戻し",
	reject_application: "否認",
	print_slip: "発行通知書の印刷",
	record_handover: "発行通知書の交付",
	suspend_certificates: "緊急停止",
	record_incident: "聴取内容の記録",
	record_revocation_paper: "失効依頼書の受領",
	record_paper_reminder: "失効依頼書の督促",
	confirm_incident: "事後検印",
	resume_incident: "再開",
	revoke_incident: "失効",
	record_advice: "ご案内の記録",
	add_staff: "職員の登録",
	change_staff: "職員の役割・所属の変更",
	lock_staff: "職員のロック",
	unlock_staff: "職員のロック解除",
	reset_password: "パスワード再発行",
	change_password: "パスワードの変更",
	name_deputy: "代行の任命",
	end_deputy: "代行の終了",
	end_employment: "退職",
	confirm_proposal: "もう一人の承認",
	dismiss_proposal: "依頼の取下げ",
	accept_held_act: "審査待ちの受付",
	dismiss_held_act: "審査待ちの不受理",
	import_customer: "お客様・契約の取り込み",
	move_customer: "お客様の移管",
	open_branch: "店舗の登録",
	rename_branch: "店舗名の変更",
	merge_branch: "店舗の統合",
	withdraw_merger: "店舗の統合の取りやめ",
	move_customers: "お客様の移管の依頼",
	confirm_branch_change: "店舗の統合・移管の承認",
	dismiss_branch_change: "店舗の統合・移管の依頼の取下げ",
	end_transfer: "お客様の移管の完了",
	import_customers: "お客様の取り込みの指示",
	sign_off_day: "日次検印",
	propose_policy_change: "運用の設定の変更の提案",
	confirm_policy_change: "運用の設定の変更の確認",
	withdraw_policy_change: "運用の設定の変更の取下げ",
};
export const actWord = named(actWords, () => actWordsEn);

const exceptionTexts: Record<DayException, TextKey> = {
	emergency_stop: "exceptionStop",
	over_lock: "exceptionOverLock",
	held_accepted: "exceptionHeld",
	offline: "exceptionOffline",
	refused: "exceptionRefused",
	outside_hours: "exceptionHours",
};
/** What makes an entry one that is looked at by itself; nothing for another word. */
export const exceptionWord = (what: string | undefined): string | undefined => {
	const key = exceptionTexts[what as DayException];
	return key && t(key);
};
