// What a screen gets and gives. It is built once for its step, so that nothing typed is lost, and told of every change.
import type { Journey } from "../journey/journey";
import type { State } from "../journey/state";

export type Step = State["step"];
export type At<S extends Step> = Extract<State, { step: S }>;

/** What was typed, kept while the language is changed. */
export type Draft = Map<string, string>;

export type Screen<S extends Step> = { node: HTMLElement; update?: (state: At<S>) => void };
export type BuildScreen<S extends Step> = (state: At<S>, journey: Journey, draft: Draft) => Screen<S>;
