// An act that was refused is an error to whoever asked for it.
import type { ActResult } from "../generated/desk";
import { asErrorView, DeskError } from "../shared/ipc";

export const settled = (result: ActResult): ActResult => {
	if (result.state === "refused") throw new DeskError(result.error ?? asErrorView(null));
	return result;
};
