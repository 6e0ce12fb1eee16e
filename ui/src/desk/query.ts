// Reads of the desk as queries, and which announced topic makes which of them stale.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { onChanged } from "../shared/ipc";

export type Topic = "status" | "customers" | "applications" | "log" | "outbox" | "sync";

/** A query under a topic: read again when the desk announces that the topic changed. */
export function useDesk<T>(topic: Topic, key: readonly unknown[], read: () => Promise<T>, enabled = true) {
	return useQuery<T, Error>({ queryKey: [topic, ...key], queryFn: read, enabled });
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
