// Which checks the paper of a kind needs. The centre asks for the same; here it keeps what nobody needs off the form.
import type { RequestKind } from "../../../generated/desk";

export type PaperNeeds = { signed: boolean; fetched: boolean };

/** `users`: how many user IDs it is about. */
export function paperNeeds(kind: RequestKind, users: number): PaperNeeds {
	const ends = kind === "remove_users" || kind === "close" || kind === "force_stop";
	return {
		// The institution's own act has no paper of the customer.
		signed: kind !== "force_stop",
		// Where nothing is fetched, no PC has to fit.
		fetched: !ends && !(kind === "rename" && users === 0),
	};
}
