// Generated from Rust. Do not edit.
export type Role = "teller" | "sales_rep" | "supervisor" | "head_office" | "auditor";
export type IdentityDocument = "drivers_licence" | "my_number_card" | "passport" | "residence_card" | "company_register" | "known_customer";
export type HandoverMethod = "window" | "registered_post" | "sales_rep";
export type UserRole = "administrator" | "approver" | "operator";
export type LoginMethod = "password" | "certificate";
export type ApplicationState = "submitted" | "returned" | "rejected" | "withdrawn" | "approved" | "completed";
export type CertificateState = "authorised" | "signed" | "active" | "suspended" | "revoked" | "expired" | "lapsed" | "cancelled";
export type ErrorCode = "request_malformed" | "body_too_large" | "not_found" | "id_malformed" | "branch_code_malformed" | "cif_malformed" | "contract_number_malformed" | "user_id_malformed" | "staff_id_malformed" | "serial_malformed" | "text_missing" | "text_too_long" | "text_forbidden_character" | "kana_malformed" | "phone_malformed" | "email_malformed" | "date_out_of_range" | "session_missing" | "session_mismatch" | "sign_in_denied" | "sign_in_locked" | "terminal_denied" | "invitation_denied" | "envelope_signature_invalid" | "institution_mismatch" | "role_not_permitted" | "branch_not_permitted" | "two_person_rule" | "command_id_reused" | "version_conflict" | "attachment_mismatch" | "code_hash_mismatch" | "customer_unknown" | "customer_exists" | "contract_unknown" | "contract_exists" | "contract_closed" | "user_unknown" | "user_exists" | "users_missing" | "user_twice" | "administrator_count" | "users_too_many" | "already_certificate_method" | "application_open" | "certificate_usable" | "successor_exists" | "check_missing" | "application_unknown" | "application_exists" | "application_state" | "certificate_unknown" | "certificate_state" | "slip_not_printed" | "staff_exists" | "staff_unknown" | "terminal_state" | "actor_not_permitted" | "pickup_denied" | "pickup_too_many_tries" | "pickup_deadline_passed" | "pickup_other_key" | "pickup_cancelled" | "platform_not_allowed" | "csr_malformed" | "csr_signature_invalid" | "csr_extension_refused" | "key_type_refused" | "key_weak" | "key_reused" | "confirm_signature_invalid" | "keyring_unavailable" | "replica_unreadable" | "log_mismatch" | "desk_locked" | "not_enrolled" | "offline" | "slip_failed" | "slip_save_refused" | "rate_limited" | "unavailable" | "internal";
export type DeskState = "starting" | "signed_out" | "open" | "locked" | "stopped";
export type OutboxState = "waiting" | "sending" | "confirmed" | "refused";
export type RequestKind = "move_to_certificate" | "new_contract" | "add_user";
export type ApplicationList = "waiting_for_approval" | "returned" | "in_progress" | "done";
export type ErrorView = {
	code: ErrorCode;
	args: { [key in string]: string };
	requestId: string;
};
export type Status = {
	state: DeskState;
	training: boolean;
	institutionName: string;
	branchCode: string;
	branchName: string;
	terminalLabel: string;
	staff: StaffView | null;
	online: boolean;
	clockOffsetS: number;
	idleLockMinutes: number;
	stopped: ErrorView | null;
	version: string;
	pickupUrl: string;
	counts: Counts;
};
export type Counts = {
	waitingForApproval: number;
	ownWaiting: number;
	returned: number;
	slipsToPrint: number;
	slipsToHandOver: number;
	notFetched: number;
	unconfirmed: number;
	outboxWaiting: number;
	outboxRefused: number;
};
export type StaffView = {
	staffId: string;
	name: string;
	role: Role;
	branchCode: string;
};
export type TrainingAccount = {
	staffId: string;
	name: string;
	role: Role;
	branchCode: string;
	password: string;
};
export type SearchHit = {
	customerId: string;
	cif: string;
	branchCode: string;
	name: string;
	kana: string;
	phone: string;
	matched: string;
	matchedText: string;
	contracts: number;
	certificatesActive: number;
};
export type CustomerView = {
	customerId: string;
	version: string;
	cif: string;
	branchCode: string;
	branchName: string;
	details: CustomerDetailsView | null;
	contracts: ContractView[];
	applications: ApplicationView[];
	certificates: CertificateView[];
	pending: OutboxItem[];
};
export type CustomerDetailsView = {
	name: string;
	kana: string;
	address: string;
	phone: string;
	email: string;
};
export type ContractView = {
	number: string;
	openedOn: string;
	active: boolean;
	users: UserView[];
};
export type UserView = {
	userId: string;
	role: UserRole;
	deviceLabel: string;
	login: LoginMethod;
	certificate: CertificateState | null;
	openReceipt: string | null;
};
export type ApplicationView = {
	applicationId: string;
	customerId: string;
	customerVersion: string;
	customerName: string;
	customerKana: string;
	cif: string;
	receipt: string;
	state: ApplicationState;
	kind: RequestKind;
	contract: string;
	users: RequestUser[];
	checks: ChecksView;
	receivedOn: string;
	applicant: string;
	note: string;
	registeredBy: string[];
	submittedAt: string;
	decidedBy: string | null;
	decidedAt: string | null;
	comment: string | null;
	decideRefusal: ErrorCode | null;
	certificates: CertificateView[];
	nextStep: string;
};
export type RequestUser = {
	userId: string;
	role: UserRole | null;
	deviceLabel: string;
};
export type ChecksView = {
	seal: boolean;
	identity: IdentityDocument | null;
	environment: boolean;
	terms: boolean;
};
export type CertificateView = {
	certificateId: string;
	userId: string;
	contract: string;
	deviceLabel: string;
	state: CertificateState;
	receipt: string;
	grantedAt: string;
	deadline: string;
	daysLeft: number;
	slips: number;
	handover: HandoverView | null;
	serial: string | null;
	notBefore: string | null;
	notAfter: string | null;
	signedAt: string | null;
	activatedAt: string | null;
};
export type HandoverView = {
	method: HandoverMethod;
	handedOn: string;
	recipient: string | null;
	by: string | null;
};
export type CustomerForm = {
	cif: string;
	name: string;
	kana: string;
	address: string;
	phone: string;
	email: string;
};
export type ApplicationForm = {
	applicationId: string;
	customerId: string;
	customerVersion: string;
	resubmission: boolean;
	kind: RequestKind;
	contract: string;
	users: RequestUser[];
	checks: ChecksView;
	receivedOn: string;
	applicant: string;
	note: string;
};
export type DraftView = {
	applicationId: string;
	customerId: string;
	customerName: string;
	kind: RequestKind;
	savedAt: string;
	form: ApplicationForm;
};
export type ActResult = {
	commandId: string;
	state: OutboxState;
	error: ErrorView | null;
	receipt: string | null;
};
export type SlipView = {
	certificateId: string;
	number: number;
	masked: boolean;
	pages: string[];
	printTicket: string | null;
	deadline: string;
};
export type OutboxItem = {
	commandId: string;
	kind: string;
	customerId: string;
	customerName: string;
	madeAt: string;
	staffId: string;
	state: OutboxState;
	tries: number;
	error: ErrorView | null;
};
export type LogLine = {
	index: number;
	entryId: string;
	at: string;
	subjectKind: string;
	events: string[];
	actorKind: string;
	actorId: string;
	actorName: string;
	actorRole: Role | null;
	terminalLabel: string;
	customerId: string | null;
	customerName: string;
	userId: string;
	receipt: string;
	detail: { [key in string]: string };
};
export type LogPage = {
	lines: LogLine[];
	nextBefore: number | null;
	total: number;
};
export type SyncStatus = {
	online: boolean;
	size: number;
	centreSize: number;
	root: string;
	checkpointAt: string | null;
	lastContactAt: string | null;
	lastError: ErrorView | null;
	clockOffsetS: number;
	outbox: OutboxItem[];
	centreUrl: string;
	logKey: string;
};
