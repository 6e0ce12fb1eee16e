// Sends a request again when nothing but the way to the centre failed. Safe, because every request is idempotent.
import { Problem } from "../problem";

export type Sleep = (milliseconds: number) => Promise<void>;

const PAUSES = [800, 2500];

export async function patiently<T>(request: () => Promise<T>, sleep: Sleep): Promise<T> {
	for (const pause of PAUSES) {
		try {
			return await request();
		} catch (error) {
			const worthIt = error instanceof Problem && (error.code === "network" || error.code === "unavailable");
			if (!worthIt) throw error;
			await sleep(pause);
		}
	}
	return request();
}
