// The only importer of the Tauri API: every call of the window to the desk, typed.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type {
	ActResult,
	Answer,
	ApplicationForm,
	ApplicationList,
	ApplicationView,
	BranchView,
	ContactView,
	CustomerForm,
	CustomerView,
	DraftView,
	EndView,
	EnrolForm,
	EnrolPaper,
	EnrolPresented,
	ErrorCode,
	ErrorView,
	ExportAs,
	GuidedForm,
	GuideView,
	HandoverMethod,
	HeadView,
	HeldView,
	ImportFileEncoding,
	ImportView,
	IncidentCause,
	IncidentForm,
	IncidentView,
	InvitationView,
	Language,
	ListPage,
	LogChoices,
	LogEntryView,
	LogFilter,
	LogPage,
	MoveForm,
	MoveOutlook,
	NoticeKind,
	PolicyForm,
	PolicyOutlookLine,
	PolicyView,
	ReportChart,
	ReportForm,
	ReportPart,
	ReportView,
	RequestKind,
	SearchPage,
	SignOffDays,
	SignOffForm,
	SignOffView,
	SlipView,
	StaffAct,
	StaffList,
	StaffResult,
	Status,
	StopTargetView,
	SyncStatus,
	TakenAlongView,
	TerminalView,
	TodayList,
	TrainingAccount,
	VerifyView,
} from "../../generated/desk";

/** A refusal or failure of the desk, thrown by every call. */
export class DeskError extends Error {
	constructor(readonly view: ErrorView) {
		super(view.code);
	}
}

/** A refusal that needs no call: the window knows it already. */
export const refusal = (code: ErrorCode, args: ErrorView["args"] = {}): DeskError =>
	new DeskError({ code, args, requestId: "-" });

export function asErrorView(cause: unknown): ErrorView {
	return (cause instanceof DeskError ? cause : refusal("internal")).view;
}

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
	try {
		return await invoke<T>(command, args);
	} catch (cause) {
		if (typeof cause === "object" && cause !== null && "code" in cause) {
			const view = cause as ErrorView;
			// Whatever met it: the desk stops, and the stop screen says what helps.
			if (view.code === "replica_unreadable") invoke("replica_damaged").catch(() => undefined);
			throw new DeskError(view);
		}
		console.error(command, cause);
		throw refusal("internal");
	}
}

export const desk = {
	status: () => call<Status>("desk_status"),
	trainingAccounts: () => call<TrainingAccount[]>("training_accounts"),
	signIn: (staffId: string, password: string) => call<Status>("sign_in", { staffId, password }),
	signOut: () => call<Status>("sign_out"),
	lock: () => call<Status>("lock"),
	unlock: (password: string) => call<Status>("unlock", { password }),
	touch: () => call<null>("touch"),
	firstScreen: () => call<null>("first_screen"),
	search: (text: string) => call<SearchPage>("search", { text }),
	customer: (customerId: string) => call<CustomerView>("customer", { customerId }),
	recordCustomer: (form: CustomerForm) => call<ActResult>("record_customer", { form }),
	newApplication: (customerId: string, kind: RequestKind) =>
		call<ApplicationForm>("new_application", { customerId, kind }),
	application: (applicationId: string) => call<ApplicationView>("application", { applicationId }),
	applicationForm: (applicationId: string) => call<ApplicationForm>("application_form", { applicationId }),
	applications: (list: ApplicationList) => call<ApplicationView[]>("applications", { list }),
	saveDraft: (form: ApplicationForm) => call<null>("save_draft", { form }),
	drafts: () => call<DraftView[]>("drafts"),
	deleteDraft: (applicationId: string) => call<null>("delete_draft", { applicationId }),
	submitApplication: (form: ApplicationForm) => call<ActResult>("submit_application", { form }),
	withdrawApplication: (applicationId: string) => call<ActResult>("withdraw_application", { applicationId }),
	applicationOutlook: (form: ApplicationForm) => call<EndView[]>("application_outlook", { form }),
	approveApplication: (applicationId: string, customerVersion: string) =>
		call<ActResult>("approve_application", { applicationId, customerVersion }),
	returnApplication: (applicationId: string, customerVersion: string, comment: string) =>
		call<ActResult>("return_application", { applicationId, customerVersion, comment }),
	rejectApplication: (applicationId: string, customerVersion: string, comment: string) =>
		call<ActResult>("reject_application", { applicationId, customerVersion, comment }),
	approveOverLock: (applicationId: string, customerVersion: string, staffId: string, password: string) =>
		call<ActResult>("approve_over_lock", { applicationId, customerVersion, staffId, password }),
	lookOverLock: (applicationId: string, staffId: string, password: string) =>
		call<ApplicationView>("look_over_lock", { applicationId, staffId, password }),
	approveLookedAt: (applicationId: string, customerVersion: string) =>
		call<ActResult>("approve_looked_at", { applicationId, customerVersion }),
	lookAway: () => call<null>("look_away"),
	previewSlip: (certificateId: string) => call<SlipView>("preview_slip", { certificateId }),
	printSlip: (certificateId: string) => call<SlipView>("print_slip", { certificateId }),
	slipDone: (printTicket: string) => call<null>("slip_done", { printTicket }),
	saveSlipPdf: (printTicket: string) => call<string | null>("save_slip_pdf", { printTicket }),
	receiptSlip: (applicationId: string) => call<SlipView>("receipt_slip", { applicationId }),
	recordHandover: (certificateId: string, method: HandoverMethod, handedOn: string, recipient: string) =>
		call<ActResult>("record_handover", { certificateId, method, handedOn, recipient }),
	suspend: (customerId: string, cause: IncidentCause, contract: string, userId: string | null) =>
		call<ActResult>("suspend", { customerId, cause, contract, userId }),
	recordIncident: (incidentId: string, form: IncidentForm) => call<ActResult>("record_incident", { incidentId, form }),
	recordRevocationPaper: (incidentId: string, receivedOn: string) =>
		call<ActResult>("record_revocation_paper", { incidentId, receivedOn }),
	confirmIncident: (incidentId: string) => call<ActResult>("confirm_incident", { incidentId }),
	resumeIncident: (incidentId: string, outOfControl: boolean) =>
		call<ActResult>("resume_incident", { incidentId, outOfControl }),
	revokeIncident: (incidentId: string) => call<ActResult>("revoke_incident", { incidentId }),
	recordPaperReminder: (incidentId: string) => call<ActResult>("record_paper_reminder", { incidentId }),
	guide: (customerId: string, answers: Answer[]) => call<GuideView>("guide", { customerId, answers }),
	recordAdvice: (customerId: string, answers: Answer[]) => call<ActResult>("record_advice", { customerId, answers }),
	guidedApplication: (customerId: string, answers: Answer[]) =>
		call<GuidedForm>("guided_application", { customerId, answers }),
	stopTarget: (id: string) => call<StopTargetView>("stop_target", { id }),
	recordIncidentElsewhere: (customerId: string, incidentId: string, form: IncidentForm) =>
		call<ActResult>("record_incident_elsewhere", { customerId, incidentId, form }),
	emergencyContacts: () => call<ContactView[]>("emergency_contacts"),
	openIncidents: () => call<IncidentView[]>("open_incidents"),
	noticeSlip: (kind: NoticeKind, id: string) => call<SlipView>("notice_slip", { kind, id }),
	list: (list: TodayList, after: string | null) => call<ListPage>("list", { list, after }),
	logPage: (filter: LogFilter, asOf: number | null, offset: number, limit: number) =>
		call<LogPage>("log_page", { filter, asOf, offset, limit }),
	logChoices: () => call<LogChoices>("log_choices"),
	logEntry: (index: number) => call<LogEntryView>("log_entry", { index }),
	verification: () => call<VerifyView>("verification"),
	verifyBegin: () => call<null>("verify_begin"),
	verifyStop: () => call<null>("verify_stop"),
	compareHead: (size: number | null, text: string) => call<HeadView>("compare_head", { size, text }),
	exportList: (list: TodayList, how: ExportAs) => call<string | null>("export_list", { list, how }),
	syncStatus: () => call<SyncStatus>("sync_status"),
	syncNow: () => call<null>("sync_now"),
	syncPause: (paused: boolean) => call<null>("sync_pause", { paused }),
	openMeanwhile: () => call<null>("use_meanwhile"),
	fetchAgain: () => call<null>("fetch_again"),
	refetchedRead: () => call<null>("refetched_read"),
	checkReplica: () => call<null>("check_replica"),
	heldActs: () => call<HeldView[]>("held_acts"),
	acceptHeld: (customerId: string, act: string, customerVersion: string) =>
		call<ActResult>("accept_held", { customerId, act, customerVersion }),
	dismissHeld: (customerId: string, act: string, customerVersion: string, comment: string) =>
		call<ActResult>("dismiss_held", { customerId, act, customerVersion, comment }),
	branches: () => call<BranchView[]>("branches"),
	mergeBranch: (code: string, into: string, on: string) => call<null>("merge_branch", { code, into, on }),
	withdrawMerger: (code: string) => call<null>("withdraw_merger", { code }),
	mergeOutlook: (code: string) => call<TakenAlongView>("merge_outlook", { code }),
	moveOutlook: (form: MoveForm) => call<MoveOutlook>("move_outlook", { form }),
	moveCustomers: (form: MoveForm) => call<null>("move_customers", { form }),
	branchProposalOutlook: (code: string) => call<TakenAlongView>("branch_proposal_outlook", { code }),
	confirmBranchChange: (code: string, number: number) => call<null>("confirm_branch_change", { code, number }),
	dismissBranchChange: (code: string, number: number) => call<null>("dismiss_branch_change", { code, number }),
	importFile: (encoding: ImportFileEncoding) => call<boolean>("import_file", { encoding }),
	importState: () => call<ImportView>("import_state"),
	importBegin: (sha256: string, rows: number) => call<null>("import_begin", { sha256, rows }),
	importCancel: () => call<null>("import_cancel"),
	exportImportProblems: (sha256: string, how: ExportAs) =>
		call<string | null>("export_import_problems", { sha256, how }),
	report: (form: ReportForm) => call<ReportView>("report", { form }),
	exportLog: (filter: LogFilter, how: ExportAs) => call<string | null>("export_log", { filter, how }),
	exportReport: (form: ReportForm, part: ReportPart, how: ExportAs) =>
		call<string | null>("export_report", { form, part, how }),
	reportPaper: (form: ReportForm) => call<SlipView>("report_paper", { form }),
	saveReportChart: (form: ReportForm, chart: ReportChart, language: Language) =>
		call<string | null>("save_report_chart", { form, chart, language }),
	signOffDays: (branch: string | null, before: string | null) => call<SignOffDays>("sign_off_days", { branch, before }),
	signOffDay: (branch: string, day: string) => call<SignOffView>("sign_off_day", { branch, day }),
	signOff: (form: SignOffForm) => call<null>("sign_off", { form }),
	dayLedger: (branch: string, day: string) => call<SlipView>("day_ledger", { branch, day }),
	exportSignOffDays: (branch: string, how: ExportAs) => call<string | null>("export_sign_off_days", { branch, how }),
	saveDayLedger: (branch: string, day: string) => call<string | null>("save_day_ledger", { branch, day }),
	policy: () => call<PolicyView>("policy"),
	policyOutlook: (form: PolicyForm) => call<PolicyOutlookLine[]>("policy_outlook", { form }),
	proposePolicy: (form: PolicyForm) => call<null>("propose_policy", { form }),
	confirmPolicy: (changeId: string) => call<null>("confirm_policy", { changeId }),
	withdrawPolicy: (changeId: string) => call<null>("withdraw_policy", { changeId }),
	terminals: () => call<TerminalView[]>("terminals"),
	requestTerminal: (branch: string, label: string) => call<null>("request_terminal", { branch, label }),
	inviteTerminal: (terminalId: string, again: boolean) =>
		call<InvitationView>("invite_terminal", { terminalId, again }),
	moveTerminal: (terminalId: string, branch: string, label: string) =>
		call<null>("move_terminal", { terminalId, branch, label }),
	enrolPaper: (text: string) => call<EnrolPaper>("enrol_paper", { text }),
	enrolRoot: (file: number[]) => call<string>("enrol_root", { file }),
	enrolLook: (form: EnrolForm) => call<EnrolPresented>("enrol_look", { form }),
	enrol: (form: EnrolForm) => call<Status>("enrol", { form }),
	enrolAgain: () => call<Status>("enrol_again"),
	leaveBehind: () => call<null>("leave_behind"),
	revokeTerminal: (terminalId: string) => call<null>("revoke_terminal", { terminalId }),
	staff: () => call<StaffList>("staff"),
	administerStaff: (staffId: string, version: string | null, act: StaffAct) =>
		call<StaffResult>("administer_staff", { staffId, version, act }),
	changePassword: (old: string, next: string) => call<Status>("change_password", { old, next }),
	refusedDismiss: (commandId: string) => call<null>("refused_dismiss", { commandId }),
};

function on<T>(event: string, callback: (payload: T) => void): () => void {
	const stop = listen<T>(event, ({ payload }) => callback(payload));
	return () => {
		stop.then((end) => end());
	};
}

/** Calls back with the topics that changed, until the returned function is called. */
export const onChanged = (callback: (topics: string[]) => void): (() => void) =>
	on<{ topics: string[] }>("desk://changed", ({ topics }) => callback(topics));

/** Calls back when the window is about to close: there is a moment for one call. */
export const onClosing = (callback: () => void): (() => void) => on("desk://closing", callback);
