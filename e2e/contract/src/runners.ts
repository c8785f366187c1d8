// The programs in the other languages, for whoever has something to tell them.
export type { Language } from "./languages.ts";
export type { Call, Outcome } from "./outcome.ts";
export { type Runner, type Runners, startRunners } from "./runner.ts";
export { inWords } from "./words.ts";
