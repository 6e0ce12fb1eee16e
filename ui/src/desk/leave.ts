// Locking and signing out by hand: what was typed up to then is saved first, as long as somebody works here.
import type { Status } from "../generated/desk";
import { desk } from "../shared/ipc";
import { saveAll } from "./draft";

/** A disk that does not answer keeps nobody from locking. Milliseconds. */
const PATIENCE = 1_000;

const saved = () => Promise.race([saveAll(), new Promise<void>((late) => setTimeout(late, PATIENCE))]);

export const lock = (): Promise<Status> => saved().then(desk.lock);
export const signOut = (): Promise<Status> => saved().then(desk.signOut);
