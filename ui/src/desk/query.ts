// Reads of the desk as queries, and which announced topic makes which of them stale.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Status } from "../generated/desk";
import { desk, onChanged } from "../shared/ipc";

export type Topic = "status" | "customers" | "applications" | "log" | "outbox" | "sync";

/** A query under a topic: read again when the desk announces that the topic changed. */
export function useDesk<T>(topic: Topic, key: readonly unknown[], read: () => Promise<T>, enabled = true) {
	return useQuery<T, Error>({ queryKey: [topic, ...key], queryFn: read, enabled });
}

/** Where the desk stands, as the frame has read it: nothing that asks for it on the way reads it again. */
export function useStatus() {
	return useQuery<Status, Error>({ queryKey: ["status"], queryFn: desk.status, staleTime: Number.POSITIVE_INFINITY });
}

export function useAnnouncements(): void {
	const client = useQueryClient();
	useEffect(
		() =>
			onChanged((topics) => {
				for (const topic of topics) client.invalidateQueries({ queryKey: [topic] });
				client.invalidateQueries({ queryKey: ["status"] });
			}),
		[client],
	);
}
