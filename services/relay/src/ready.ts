import type { ReadyReport } from "@outgraph/rpc-server";
import type { Status } from "./status.ts";

/** Whether a relay does what it should: carry, or stand by while another carries. */
export function readiness({ role, why }: Status): ReadyReport {
  switch (role) {
    case "active":
    case "standby":
    case "paused": // as it was told; and it has to be reached to be told otherwise
      return why === "" ? { ready: true } : { ready: false, reason: `waiting: ${why}` };
    case "starting":
    case "stopping":
      return { ready: false, reason: why === "" ? role : `${role}: ${why}` };
    case "halted":
      return { ready: false, reason: why };
  }
}
