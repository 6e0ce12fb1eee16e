// 利用者ID: six to twenty letters and digits; case and width do not matter. The centre decides again.
import { halfWidth } from "./width";

export type UserIdFault = "missing" | "form";
export type UserIdReading = { ok: true; userId: string } | { ok: false; fault: UserIdFault };

export function readUserId(text: string): UserIdReading {
	const userId = halfWidth(text).replace(/\s/g, "").toUpperCase();
	if (userId === "") return { ok: false, fault: "missing" };
	return /^[0-9A-Z]{6,20}$/.test(userId) ? { ok: true, userId } : { ok: false, fault: "form" };
}
