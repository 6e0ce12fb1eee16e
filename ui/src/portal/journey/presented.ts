// The certificate the browser showed, as the steps after it want it.
import type { Opened } from "../api";
import type { Holder } from "../keys/pending";
import type { Presented } from "../renewal-api";

/** Under whose name, and sealed with what, the new key is kept until the end. */
export function holderOf(shown: Presented): Holder {
	return { userId: shown.user_id, code: shown.keep_secret };
}

export function rightOf(shown: Presented): Opened {
	const { certificate_id, user_id, role, deadline, backup_allowed, device_label } = shown;
	return { certificate_id, user_id, role, deadline, state: "authorised", backup_allowed, device_label };
}
