// Carries the customer through the pickup: asks the centre, makes and keeps the key, packs the file, confirms.
// Every request may be sent again. The key is kept before it is sent, and dropped only when the centre has said 有効.
import type { Api, Info, Opened } from "../api";
import { type Blocked, blockedBy, type Client, type Powers } from "../environment";
import type { Holder, Pending, PendingStore } from "../keys/pending";
import { asProblem, Problem } from "../problem";
import { confirmKey } from "./confirm-key";
import { makeFile, type Taken } from "./make-file";
import { openRight } from "./open-right";
import { patiently, type Sleep } from "./patience";
import { advance, busy, type Happening, type State } from "./state";

export type World = {
	api: Api;
	client: Client;
	powers: Omit<Powers, "storage">;
	openStore: () => Promise<PendingStore>;
	sleep: Sleep;
};

export type Journey = ReturnType<typeof startJourney>;

export function startJourney(world: World) {
	let state: State = { step: "checking" };
	const listeners = new Set<(state: State) => void>();
	// Kept out of the state, which screens and tests may look at.
	let store: PendingStore | undefined;
	let holder: Holder | undefined;
	let kept: Pending | undefined;
	let taken: Taken | undefined;

	const tell = (happening: Happening) => {
		const next = advance(state, happening);
		if (next === state) return;
		state = next;
		for (const listener of listeners) listener(state);
	};

	/** One thing at a time; what goes wrong is shown where the customer is. */
	const attempt = async (work: () => Promise<void>) => {
		try {
			await work();
		} catch (error) {
			const problem = asProblem(error, "key_failed");
			// A refused key that was never signed would be refused for ever: the next try makes another one.
			const unsigned = state.step === "prepare" && state.right.state === "authorised";
			const useless = problem.final || (problem.refusesKey && unsigned);
			if (useless && holder) await store?.drop(holder).catch(() => undefined);
			tell({ type: "failed", problem });
		}
	};
	const insist = <T>(request: () => Promise<T>) => patiently(request, world.sleep);
	const anythingPending = async () => (await store?.any().catch(() => false)) ?? false;

	async function begin(): Promise<void> {
		tell({ type: "started", work: "opening" });
		await attempt(async () => {
			const info = await insist(() => world.api.info());
			store = await world.openStore().catch(() => undefined);
			const reason: Blocked | undefined = blockedBy(world.client, info, { ...world.powers, storage: !!store });
			if (reason) tell({ type: "stopped", info, reason, client: world.client });
			else tell({ type: "checked", info, pending: await anythingPending() });
		});
	}

	async function enter(userId: string, code: string): Promise<void> {
		if (state.step !== "enter" || busy(state)) return;
		tell({ type: "started", work: "opening" });
		holder = { userId, code };
		await attempt(async () => {
			kept = await needed(store).find({ userId, code });
			const right: Opened = await openRight(world.api, { userId, code }, kept, insist);
			tell({ type: "opened", right, resumed: kept !== undefined });
		});
	}

	async function prepare(passphrase: string): Promise<void> {
		if (state.step !== "prepare" || busy(state)) return;
		const { info, right }: { info: Info; right: Opened } = state;
		tell({ type: "started", work: "key" });
		await attempt(async () => {
			const made = await makeFile({
				api: world.api,
				store: needed(store),
				holder: needed(holder),
				info,
				right,
				passphrase,
				insist,
				onWork: (work) => tell({ type: "started", work }),
			});
			taken = made.taken;
			tell({ type: "packed", file: made.file });
		});
	}

	async function confirm(): Promise<void> {
		if (state.step !== "save" || !state.saved || busy(state)) return;
		tell({ type: "started", work: "confirm" });
		await attempt(async () => {
			const done = needed(taken);
			await insist(() => confirmKey(world.api, done));
			// 有効 is what counts; a record that could not be deleted ends by itself.
			await needed(store)
				.drop(needed(holder))
				.catch(() => undefined);
			taken = undefined;
			kept = undefined;
			holder = undefined;
			tell({ type: "confirmed" });
		});
	}

	return {
		get state() {
			return state;
		},
		subscribe(listener: (state: State) => void) {
			listeners.add(listener);
		},
		begin,
		enter,
		prepare,
		/** The file was handed to the browser. */
		saved: () => tell({ type: "saved" }),
		confirm,
		back: async () => tell({ type: "left", pending: await anythingPending() }),
	};
}

function needed<T>(value: T | undefined): T {
	if (value === undefined) throw new Problem("storage_failed");
	return value;
}
