// Where the customer stands. `advance` is pure and the only way from one state to the next; what does not fit the
// present step changes nothing. The order that matters is held here: no confirmation before the file was offered and taken.
import type { Info, Opened } from "../api";
import type { Blocked, Client } from "../environment";
import type { Facts } from "../keys/chain";
import type { Problem } from "../problem";
import type { Presented } from "../renewal-api";

export type Work = "opening" | "key" | "fetch" | "pack" | "confirm";
export type PackedFile = { name: string; bytes: Uint8Array<ArrayBuffer>; notAfter: string } & Facts;
/** What `certreq -accept` takes. */
export type ChainFile = { name: string; bytes: Uint8Array<ArrayBuffer>; notAfter: string } & Facts;
type Ongoing = { info: Info; work?: Work; problem?: Problem };

export type State =
	| { step: "checking"; info?: Info; problem?: Problem }
	| { step: "blocked"; info: Info; reason: Blocked; client: Client }
	| ({ step: "enter"; pending: boolean } & Ongoing)
	/** The renewal begins here: the certificate the browser showed. */
	| ({ step: "present"; present: Presented; resumed: boolean } & Ongoing)
	/** Re-acquisition: the file of an expired certificate. */
	| ({ step: "backup" } & Ongoing)
	/** A key in Windows' own store: request in, chain out. */
	| ({ step: "store"; right: Opened; chain?: ChainFile } & Ongoing)
	| { step: "in_use"; info: Info; present: Presented }
	| ({ step: "prepare"; right: Opened; resumed: boolean } & Ongoing)
	| ({ step: "save"; right: Opened; file: PackedFile; saved: boolean } & Ongoing)
	| { step: "done"; info: Info; right: Opened; file: PackedFile };

export type Happening =
	| { type: "informed"; info: Info }
	| { type: "checked"; info: Info; pending: boolean }
	| { type: "stopped"; info: Info; reason: Blocked; client: Client }
	| { type: "started"; work: Work }
	| { type: "failed"; problem: Problem }
	/** `elsewhere`: its key is not in this browser. */
	| { type: "opened"; right: Opened; resumed: boolean; elsewhere?: boolean }
	| { type: "presented"; info: Info; present: Presented; resumed: boolean }
	| { type: "expired" }
	| { type: "placed"; place: "file" | "store" }
	| { type: "brought"; chain: ChainFile }
	| { type: "used" }
	| { type: "packed"; file: PackedFile }
	| { type: "saved" }
	| { type: "confirmed" }
	| { type: "left"; pending: boolean };

/** Is a request under way? */
export function busy(state: State): Work | undefined {
	return "work" in state ? state.work : undefined;
}

const idle = <S extends Ongoing>(state: S): S => ({ ...state, work: undefined, problem: undefined });

export function advance(state: State, now: Happening): State {
	switch (now.type) {
		case "informed":
			return state.step === "checking" ? { ...state, info: now.info } : state;
		case "checked":
			return state.step === "checking" ? { step: "enter", info: now.info, pending: now.pending } : state;
		case "stopped":
			return state.step === "checking"
				? { step: "blocked", info: now.info, reason: now.reason, client: now.client }
				: state;
		case "started":
			if (state.step === "checking") return { ...state, problem: undefined };
			if (state.step === "blocked" || state.step === "done" || state.step === "in_use") return state;
			return { ...state, work: now.work, problem: undefined };
		case "failed":
			if (state.step === "blocked" || state.step === "done" || state.step === "in_use") return state;
			return { ...state, work: undefined, problem: now.problem } as State;
		case "opened":
			if (state.step !== "enter" && state.step !== "present") return state;
			// A key that this browser keeps already goes on as it began.
			return !now.resumed && (state.info.key_place === "windows_store" || now.elsewhere)
				? { step: "store", info: state.info, right: now.right }
				: { step: "prepare", info: state.info, right: now.right, resumed: now.resumed };
		case "presented":
			return state.step === "checking" || state.step === "backup"
				? { step: "present", info: now.info, present: now.present, resumed: now.resumed }
				: state;
		case "expired":
			return state.step === "enter" && !state.work ? { step: "backup", info: state.info } : state;
		case "placed":
			if (state.step === "prepare" && !state.work && state.info.key_place === "choice" && now.place === "store")
				return { step: "store", info: state.info, right: state.right };
			if (state.step === "store" && !state.work && !state.chain && now.place === "file")
				return { step: "prepare", info: state.info, right: state.right, resumed: false };
			return state;
		case "brought":
			return state.step === "store" ? { ...idle(state), chain: now.chain } : state;
		case "used":
			return state.step === "present" ? { step: "in_use", info: state.info, present: state.present } : state;
		case "packed":
			return state.step === "prepare"
				? { step: "save", info: state.info, right: state.right, file: now.file, saved: false }
				: state;
		case "saved":
			return state.step === "save" ? { ...idle(state), saved: true } : state;
		case "confirmed":
			return state.step === "save" && state.saved
				? { step: "done", info: state.info, right: state.right, file: state.file }
				: state;
		case "left":
			return (state.step === "prepare" || state.step === "backup") && !state.work
				? { step: "enter", info: state.info, pending: now.pending }
				: state;
	}
}
