import type { Refusal } from "./refusal.ts";
import { REFUSALS } from "./refusals.ts";
import { REFUSED_CHANGES } from "./refused-changes.ts";
import { REFUSED_NAMES } from "./refused-names.ts";
import { REFUSED_REQUESTS } from "./refused-requests.ts";
import { REFUSED_VALUES } from "./refused-values.ts";

/** What the rules of the schema refuse. */
export const INVALID: Readonly<Record<string, Refusal>> = {
  ...REFUSALS,
  ...REFUSED_NAMES,
  ...REFUSED_CHANGES,
  ...REFUSED_VALUES,
  ...REFUSED_REQUESTS,
};
