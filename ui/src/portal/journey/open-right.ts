// Asks the centre what 利用者ID and 取得コード open.
import type { Api, Opened } from "../api";
import type { Holder, Pending } from "../keys/pending";
import { Problem } from "../problem";

type Insist = <T>(request: () => Promise<T>) => Promise<T>;

/** @param keyElsewhere the key may be in Windows' own store, of which this page sees nothing. */
export async function openRight(
	api: Api,
	holder: Holder,
	kept: Pending | undefined,
	insist: Insist,
	keyElsewhere = false,
): Promise<Opened> {
	const who = { user_id: holder.userId, code: holder.code };
	try {
		const right = await insist(() => api.open(who));
		// Fetched already, and not by a key of this browser: asking for a passphrase would lead nowhere.
		if (right.state === "signed" && !kept && !keyElsewhere) throw new Problem("pickup_other_key");
		return right;
	} catch (error) {
		// Confirmed, but the answer was lost: the centre says that the right is used up. The kept key can still prove
		// that it was us, and the same requests lead to the same 有効.
		if (kept && error instanceof Problem && error.code === "pickup_other_key") return kept.right;
		throw error;
	}
}
