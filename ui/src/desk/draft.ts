// A form that is typed into, and its way to the drafts of this desk. What is not saved yet outlives its screen: a form that is left
// half-typed, or could not be saved, is not lost with it. Nothing is saved that is as it was, was sent, or was thrown away.
import type { ApplicationForm } from "../generated/desk";
import { asErrorView, desk } from "../shared/ipc";

const SAVE_AFTER_MS = 800;
const TRY_AGAIN_MS = 3_000;

/** Where the draft stands. */
export type Kept =
	| { state: "new" }
	| { state: "opened"; at: string }
	| { state: "saved"; at: Date }
	| { state: "unsaved"; error: unknown };

/** Forms with something that is not saved yet, by application id. */
const unsaved = new Map<string, Draft>();

export class Draft {
	/** The contents that were last saved, or first read. */
	private last: string;
	private timer: ReturnType<typeof setTimeout> | undefined;
	/** One after the other: an older form never comes after a newer one. */
	private saving = Promise.resolve();
	private stopped = false;
	private listener: (() => void) | undefined;

	constructor(
		private latest: ApplicationForm,
		private stand: Kept = { state: "new" },
	) {
		this.last = JSON.stringify(latest);
	}

	get form(): ApplicationForm {
		return this.latest;
	}

	/** Is there something that is not saved? */
	get changed(): boolean {
		return !this.stopped && JSON.stringify(this.latest) !== this.last;
	}

	kept = (): Kept => this.stand;

	subscribe = (listener: () => void): (() => void) => {
		this.listener = listener;
		return () => {
			this.listener = undefined;
		};
	};

	type(form: ApplicationForm): void {
		this.latest = form;
		this.saveIn(SAVE_AFTER_MS);
	}

	/** Saves what is not saved yet, now. */
	save(): Promise<void> {
		clearTimeout(this.timer);
		this.saving = this.saving.then(() => this.saveNow());
		return this.saving;
	}

	/** It is being sent or thrown away: what is just being saved ends first, and nothing is saved after it. */
	stop(): Promise<void> {
		this.stopped = true;
		this.saveIn(0);
		return this.saving;
	}

	/** It was not accepted, and is a draft again. */
	resume(): void {
		this.stopped = false;
		this.saveIn(SAVE_AFTER_MS);
	}

	private saveIn(ms: number): void {
		clearTimeout(this.timer);
		const id = this.latest.applicationId;
		if (this.changed) {
			unsaved.set(id, this);
			this.timer = setTimeout(() => this.save(), ms);
		} else if (unsaved.get(id) === this) unsaved.delete(id);
	}

	private async saveNow(): Promise<void> {
		if (!this.changed) return;
		const form = this.latest;
		try {
			await desk.saveDraft(form);
			this.last = JSON.stringify(form);
			this.stand = { state: "saved", at: new Date() };
			this.saveIn(SAVE_AFTER_MS);
		} catch (error) {
			this.stand = { state: "unsaved", error };
			// Whoever typed it has gone: it is not the next one's.
			if (asErrorView(error).code === "session_missing") this.stopped = true;
			this.saveIn(TRY_AGAIN_MS);
		}
		this.listener?.();
	}
}

/** Saves whatever is not saved yet. */
export const saveAll = async (): Promise<void> => {
	await Promise.all([...unsaved.values()].map((draft) => draft.save()));
};

/** The form of a screen: the draft of this id that fits, as it was left, or a fresh one. */
export async function openDraft(
	id: string | undefined,
	fresh: () => Promise<ApplicationForm>,
	fits: (form: ApplicationForm) => boolean = () => true,
): Promise<Draft> {
	if (!id) return new Draft(await fresh());
	// What the last screen left may still be on its way.
	await saveAll();
	const left = unsaved.get(id);
	if (left) return left;
	const found = (await desk.drafts()).find((draft) => draft.applicationId === id && fits(draft.form));
	return found ? new Draft(found.form, { state: "opened", at: found.savedAt }) : new Draft(await fresh());
}

/** Throws a draft away, and what was still to be saved into it. */
export async function throwAway(id: string): Promise<void> {
	await unsaved.get(id)?.stop();
	await desk.deleteDraft(id);
}
