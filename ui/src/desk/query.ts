// Reads of the desk as queries, and which announced topic makes which of them stale.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Status } from "../generated/desk";
import { desk, onChanged } from "../shared/ipc";

export type Topic = "status" | "customers" | "applications" | "log" | "outbox" | "sync";

/** A query under a topic: read again when the desk announces that the topic changed. */
export function useDesk<T>(topic: Topic, key: readonly unknown[], read: () => Promise<T>, enabled = true) {
	return useQuery<T, Error>({ queryKey: [topic, ...key], queryFn: read, enabled });
}

/** Read once for the screen that asks, and kept nowhere else: what somebody types into is not replaced by an announcement. */
export function useOnce<T>(read: () => Promise<T>): { data?: T; error?: unknown } {
	const [found, setFound] = useState<{ data?: T; error?: unknown }>({});
	// biome-ignore lint/correctness/useExhaustiveDependencies: another form is another screen
	useEffect(() => {
		let gone = false;
		read().then(
			(data) => gone || setFound({ data }),
			(error) => gone || setFound({ error }),
		);
		return () => {
			gone = true;
		};
	}, []);
	return found;
}

/** Where the desk stands, as the frame has read it: nothing that asks for it on the way reads it again. */
export function useStatus() {
	return useQuery<Status, Error>({ queryKey: ["status"], queryFn: desk.status, staleTime: Number.POSITIVE_INFINITY });
}

/** Everything under a topic is read again. A first read that is still under way, or one whose screen has gone, is not begun anew by
 * that, and may bring what was before the change: it is followed by another one. */
function readAgain(client: QueryClient, topic: string): void {
	const underWay = client
		.getQueryCache()
		.findAll({ queryKey: [topic], fetchStatus: "fetching" })
		.filter((query) => query.state.data === undefined || !query.isActive());
	void client.invalidateQueries({ queryKey: [topic] });
	for (const { promise, queryKey } of underWay) {
		const again = () => client.invalidateQueries({ queryKey, exact: true });
		void promise?.then(again, again);
	}
}

export function useAnnouncements(): void {
	const client = useQueryClient();
	useEffect(
		() =>
			onChanged((topics) => {
				for (const topic of new Set([...topics, "status"])) readAgain(client, topic);
			}),
		[client],
	);
}
