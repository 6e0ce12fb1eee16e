// Carries the customer through the pickup or the renewal: asks the centre, makes and keeps the key, packs the file, confirms.
// Every request may be sent again. The key is kept before it is sent, and dropped only when the centre has said 有効.
import type { Api, Fetched, Info, Opened } from "../api";
import { type Blocked, blockedBy, type Client, type Powers } from "../environment";
import type { Holder, Pending, PendingStore } from "../keys/pending";
import { type Backup, openBackup } from "../keys/pkcs12-open";
import { asProblem, Problem } from "../problem";
import type { RenewalApi } from "../renewal-api";
import { chainFor } from "./chain-for";
import { confirmKey } from "./confirm-key";
import { makeFile, type Taken } from "./make-file";
import { openRight } from "./open-right";
import { patiently, type Sleep } from "./patience";
import { holderOf, rightOf } from "./presented";
import { advance, busy, type Happening, type State } from "./state";

export type World = {
	api: Api;
	/** Given where the browser shows the present certificate. */
	renewal?: RenewalApi;
	/** Shows a certificate by signatures with its key. */
	reacquire: (backup: Backup) => RenewalApi;
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
	let begunElsewhere = false;
	/** How the present certificate is shown, if it is. */
	let renewal = world.renewal;

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
			const problem = inRenewal(asProblem(error, "key_failed"));
			// A refused key that was never signed would be refused for ever: the next try makes another one.
			const unsigned = state.step === "prepare" && state.right.state === "authorised";
			const useless = problem.final || (problem.refusesKey && unsigned);
			if (useless && holder) await store?.drop(holder).catch(() => undefined);
			tell({ type: "failed", problem });
		}
	};
	/** Begun with another key, in another browser perhaps: sent once more, ours takes its place. */
	const inRenewal = (problem: Problem): Problem => {
		if (!renewal || problem.code !== "pickup_other_key") return problem;
		begunElsewhere = true;
		return new Problem("renewal_begun", problem.args, problem.requestId);
	};
	const insist = <T>(request: () => Promise<T>) => patiently(request, world.sleep);
	const anythingPending = async () => (await store?.any().catch(() => false)) ?? false;
	const send = async (csr: Uint8Array): Promise<Fetched> => {
		const { userId, code } = needed(holder);
		return renewal ? renewal.fetch(csr, begunElsewhere) : world.api.fetch({ user_id: userId, code }, csr);
	};

	async function begin(): Promise<void> {
		tell({ type: "started", work: "opening" });
		await attempt(async () => {
			const info = await insist(() => (renewal ?? world.api).info());
			tell({ type: "informed", info });
			store = await world.openStore().catch(() => undefined);
			const reason: Blocked | undefined = blockedBy(world.client, info, { ...world.powers, storage: !!store });
			if (reason) tell({ type: "stopped", info, reason, client: world.client });
			else if (renewal) await present(renewal, info);
			else tell({ type: "checked", info, pending: await anythingPending() });
		});
	}

	async function present(way: RenewalApi, info: Info, known = () => {}): Promise<void> {
		const shown = await insist(() => way.open());
		holder = holderOf(shown);
		kept = await needed(store).find(holder);
		known();
		tell({ type: "presented", info, present: shown, resumed: kept !== undefined });
	}

	/** An expired certificate is shown by its file: browsers show none that has expired. */
	async function showBackup(file: Blob, passphrase: string): Promise<void> {
		if (state.step !== "backup" || busy(state)) return;
		const { info } = state;
		tell({ type: "started", work: "opening" });
		await attempt(async () => {
			const backup = await openBackup(new Uint8Array(await file.arrayBuffer()), passphrase);
			const way = world.reacquire(backup);
			await present(way, info, () => {
				renewal = way;
			});
		});
	}

	/** The present certificate is to be replaced. */
	async function renew(): Promise<void> {
		if (state.step !== "present" || busy(state)) return;
		const { present: shown } = state;
		// Begun with a key that is not here, or went astray: the centre is told so when the new one is sent.
		begunElsewhere = shown.begun !== null && kept === undefined;
		tell({ type: "opened", right: kept?.right ?? rightOf(shown), resumed: kept !== undefined });
	}

	/** The certificate shown is a new one, whose key the page never saw. */
	async function confirmUse(): Promise<void> {
		if (state.step !== "present" || busy(state)) return;
		tell({ type: "started", work: "confirm" });
		await attempt(async () => {
			await insist(() => needed(renewal).confirmUse());
			tell({ type: "used" });
		});
	}

	async function enter(userId: string, code: string): Promise<void> {
		if (state.step !== "enter" || busy(state)) return;
		const elsewhere = state.info.key_place !== "file";
		tell({ type: "started", work: "opening" });
		holder = { userId, code };
		await attempt(async () => {
			kept = await needed(store).find({ userId, code });
			const right: Opened = await openRight(world.api, { userId, code }, kept, insist, elsewhere);
			tell({ type: "opened", right, resumed: kept !== undefined, elsewhere: right.state === "signed" && !kept });
		});
	}

	async function prepare(passphrase: string): Promise<void> {
		if (state.step !== "prepare" || busy(state)) return;
		const { info, right }: { info: Info; right: Opened } = state;
		tell({ type: "started", work: "key" });
		await attempt(async () => {
			const made = await makeFile({
				send,
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

	/** A PKCS#10 made in Windows' own store. */
	async function bring(request: Blob | string): Promise<void> {
		if (state.step !== "store" || busy(state)) return;
		const { info, right } = state;
		tell({ type: "started", work: "fetch" });
		await attempt(async () => {
			tell({ type: "brought", chain: await chainFor(request, info, right, (csr) => insist(() => send(csr))) });
		});
	}

	async function confirm(): Promise<void> {
		if (state.step !== "save" || !state.saved || busy(state)) return;
		tell({ type: "started", work: "confirm" });
		await attempt(async () => {
			const done = needed(taken);
			await insist(() => confirmKey(renewal ?? world.api, done));
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
		/** With the present certificate, or with a code? */
		get renews() {
			return renewal !== undefined;
		},
		get state() {
			return state;
		},
		subscribe(listener: (state: State) => void) {
			listeners.add(listener);
		},
		begin,
		enter,
		/** There is only the file of an expired certificate. */
		expired: () => tell({ type: "expired" }),
		showBackup,
		renew,
		confirmUse,
		prepare,
		place: (place: "file" | "store") => tell({ type: "placed", place }),
		bring,
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
