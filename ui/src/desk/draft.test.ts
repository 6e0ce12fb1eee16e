import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApplicationForm, DraftView } from "../generated/desk";
import { desk, refusal } from "../shared/ipc";
import { type Draft, openDraft, saveAll, throwAway } from "./draft";

const blank = {
	applicationId: "a",
	customerId: "c",
	kind: "add_user",
	note: "",
	resubmission: false,
} as ApplicationForm;

/** The drafts of the desk. */
let kept: Map<string, DraftView>;
let saves: string[];
let refused: Error | undefined;

const fresh = async () => blank;
const opens = (id?: string) => openDraft(id, fresh);
const note = (draft: Draft, text: string) => draft.type({ ...draft.form, note: text });

beforeEach(() => {
	vi.useFakeTimers();
	[kept, saves, refused] = [new Map(), [], undefined];
	vi.spyOn(desk, "drafts").mockImplementation(async () => [...kept.values()]);
	vi.spyOn(desk, "saveDraft").mockImplementation(async (form) => {
		await new Promise((done) => setTimeout(done, 10));
		if (refused) throw refused;
		saves.push(form.note);
		kept.set(form.applicationId, { ...form, form, customerName: "", savedAt: "2026-11-24T05:30:00Z" });
		return null;
	});
	vi.spyOn(desk, "deleteDraft").mockImplementation(async (id) => {
		kept.delete(id);
		return null;
	});
});

afterEach(async () => {
	refused = undefined;
	await vi.advanceTimersByTimeAsync(10_000);
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("a form that is typed into", () => {
	it("is no draft before something differs", async () => {
		const draft = await opens();
		draft.type({ ...draft.form });
		await draft.save();
		await later(5_000);
		expect(saves).toEqual([]);
		expect(draft.kept()).toEqual({ state: "new" });
	});
	it("is saved once, a moment after the last letter", async () => {
		const draft = await opens();
		note(draft, "あ");
		await later(500);
		note(draft, "あい");
		await later(500);
		expect(saves).toEqual([]);
		await later(5_000);
		expect(saves).toEqual(["あい"]);
		expect(draft.kept().state).toBe("saved");
	});
	it("is saved at once when its screen goes, and found by the next one", async () => {
		const draft = await opens();
		note(draft, "あい");
		void draft.save();
		const again = opens("a");
		await later(100);
		expect((await again).form.note).toBe("あい");
		expect((await again).kept()).toEqual({ state: "opened", at: "2026-11-24T05:30:00Z" });
		await later(5_000);
		expect(saves).toEqual(["あい"]);
	});
	it("is saved before the desk is locked by hand", async () => {
		note(await opens(), "あい");
		const all = saveAll();
		await later(10);
		await all;
		expect(saves).toEqual(["あい"]);
	});
	it("is saved again where something was typed meanwhile", async () => {
		const draft = await opens();
		note(draft, "あ");
		await later(805);
		note(draft, "あい");
		await later(5_000);
		expect(saves).toEqual(["あ", "あい"]);
	});
	it("says that it could not be saved, tries again, and is there until then", async () => {
		const draft = await opens();
		refused = refusal("desk_locked");
		note(draft, "あい");
		await later(900);
		expect(draft.kept()).toEqual({ state: "unsaved", error: refused });
		const again = opens("a");
		await later(100);
		expect(await again).toBe(draft);
		refused = undefined;
		await later(3_100);
		expect(saves).toEqual(["あい"]);
		expect(draft.kept().state).toBe("saved");
	});
	it("is nobody else's when its writer has signed out", async () => {
		const draft = await opens();
		refused = refusal("session_missing");
		note(draft, "あい");
		await later(900);
		refused = undefined;
		await later(10_000);
		expect(saves).toEqual([]);
	});
	it("is not saved while it is sent, and a draft again when it was not accepted", async () => {
		const draft = await opens();
		note(draft, "あい");
		await draft.stop();
		note(draft, "あいう");
		await draft.save();
		await later(5_000);
		expect(saves).toEqual([]);
		draft.resume();
		await later(900);
		expect(saves).toEqual(["あいう"]);
	});
	it("is sent only when what is being saved is saved", async () => {
		const draft = await opens();
		note(draft, "あい");
		void draft.save();
		await later(1);
		const stopped = draft.stop().then(() => saves.push("sent"));
		await later(5_000);
		await stopped;
		expect(saves).toEqual(["あい", "sent"]);
	});
	it("does not come back when it was thrown away", async () => {
		const draft = await opens();
		note(draft, "あい");
		void draft.save();
		await later(1);
		const gone = throwAway("a");
		await later(5_000);
		await gone;
		expect(kept.size).toBe(0);
		expect((await opens("a")).kept()).toEqual({ state: "new" });
	});
	it("is not found where it does not fit", async () => {
		const draft = await opens();
		note(draft, "あい");
		await later(900);
		const corrected = await openDraft("a", fresh, (form) => form.resubmission);
		expect(corrected.form).toBe(blank);
	});
});
