import type { GroupRules } from "../group-commit.ts";

/** As the service's own defaults. */
export const GROUP_RULES: GroupRules = {
  groupAppendsMax: 128,
  groupsMax: 1,
  pendingAppendsMax: 10_000,
  pendingBytesMax: 128 * 1024 * 1024,
};
