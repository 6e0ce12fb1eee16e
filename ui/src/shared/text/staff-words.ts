// Words of staff administration: the same on screen and in the log.
import type { StaffChangeKind, StaffState } from "../../generated/desk";
import { type TextKey, t } from "./ja";

const states: Record<StaffState, TextKey> = {
	proposed: "staffStateProposed",
	working: "staffStateWorking",
	temporary: "staffStateTemporary",
	locked_out: "staffStateLockedOut",
	locked: "staffStateLocked",
	left: "staffStateLeft",
};
export const staffStates = Object.keys(states) as StaffState[];
export const isStaffState = (word: string): word is StaffState => word in states;
export const staffStateWord = (state: StaffState): string => t(states[state]);

const changes: Record<StaffChangeKind, TextKey> = {
	add: "staffAdd",
	change: "staffChange",
	unlock: "staffUnlock",
	reset_password: "staffReset",
	deputy: "staffDeputy",
};
export const changeWord = (change: StaffChangeKind): string => t(changes[change]);
export const isChange = (word: string): word is StaffChangeKind => word in changes;

/** Why a password is refused: the argument `why`. */
const reasons: Record<string, TextKey> = {
	common: "passwordWhyCommon",
	pattern: "passwordWhyPattern",
	digits: "passwordWhyDigits",
	staff_id: "passwordWhyStaffId",
	institution: "passwordWhyInstitution",
};
export const passwordWhy = (why: string): string => t(reasons[why] ?? "passwordWhyCommon");

/** In which state an account is that something does not fit to: the argument `state`. */
const accounts: Record<string, TextKey> = {
	locked: "accountIsLocked",
	unlocked: "accountIsUnlocked",
	left: "accountHasLeft",
	unchanged: "accountUnchanged",
	no_deputy: "accountNoDeputy",
	no_deputy_role: "accountNoDeputyRole",
	supervisor_there: "accountSupervisorThere",
	deputy_there: "accountDeputyThere",
};
export const accountState = (state: string): string => t(accounts[state] ?? "accountUnchanged");
