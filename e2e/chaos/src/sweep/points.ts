import {
  boltCommit,
  boltRun,
  groupCommit,
  type Moment,
  mongoCommand,
  mongoCommit,
  mongoFirst,
} from "./moment.ts";
import type { SceneName } from "./scenes.ts";

/** A moment at which a process is killed. */
export interface Point {
  /** As it is said to `--point`. */
  readonly name: string;
  readonly who: "writer" | "service" | "relay";
  readonly moment: () => Moment;
  /** What goes on around it; of relays alone. Default `flow`. */
  readonly scene?: SceneName;
  /**
   * What its occurrences are: the first, second, third such moment of one process; or of starts, each
   * of which has one, that the first, the first two, the first three starts are killed there.
   */
  readonly of?: "moments" | "starts";
}

/** What a batch's transaction runs first. */
const BATCH = "SET lane.batch = lane.batch + one";
/** What a take-over's transaction runs. */
const TAKE_OVER = "SET lane.epoch = $epoch";

/** Every point that there is. */
export const POINTS: readonly Point[] = [
  ...writerPoints("writer", "findAndModify chaos_counters"),
  ...writerPoints("service", "update chaos_counters"),
  {
    name: "service: in a shared group, before commit",
    who: "service",
    moment: () => groupCommit("before"),
  },
  {
    name: "service: in a shared group, commit sent",
    who: "service",
    moment: () => groupCommit("sent"),
  },
  {
    name: "service: in a shared group, committed but not answered",
    who: "service",
    moment: () => groupCommit("answered"),
  },

  relay("read", () => ({ port: "after next" })),
  relay("batched", () => ({ port: "before commit" })),
  relay("journal sent", () => boltRun(BATCH, "sent")),
  relay("statements sent", () => boltCommit(BATCH, "before")),
  relay("COMMIT sent", () => boltCommit(BATCH, "sent")),
  relay("committed but not answered", () => boltCommit(BATCH, "answered")),
  relay("committed but not acked", () => ({ port: "after commit" })),
  relay("ack sent", () => mongoCommand("insert outbox_acks", "sent")),
  relay("acked but not answered", () => mongoCommand("insert outbox_acks", "answered")),

  { ...relay("purge horizon raised", () => ({ port: "after raisePurgeHorizon" })), scene: "purge" },
  {
    ...relay("during purge, before commit", () => mongoCommit("delete outbox", "before")),
    scene: "purge",
  },
  {
    ...relay("during purge, commit sent", () => mongoCommit("delete outbox", "sent")),
    scene: "purge",
  },
  { ...relay("part purged", () => ({ port: "after purge" })), scene: "purge" },

  { ...relay("lease taken", () => ({ port: "after takeLease" })), of: "starts" },
  {
    ...relay("take-over sent but not committed", () => boltCommit(TAKE_OVER, "before")),
    of: "starts",
  },
  { ...relay("take-over COMMIT sent", () => boltCommit(TAKE_OVER, "sent")), of: "starts" },
  {
    ...relay("take-over committed but ring not acked", () => ({ port: "after fence" })),
    scene: "ring",
    of: "starts",
  },
  {
    ...relay("ring acked but not answered", () => mongoCommand("insert outbox_acks", "answered")),
    scene: "ring",
  },

  { ...relay("during the walk", () => ({ port: "after walk" })), scene: "backlog" },
  { ...relay("re-apply, batch sent", () => boltCommit(BATCH, "sent")), scene: "reapply" },
  { ...relay("re-apply, batch committed", () => ({ port: "after commit" })), scene: "reapply" },
  {
    ...relay("during bisect, part to be sent", () => ({ port: "before commit", once: "poison" })),
    scene: "poison",
  },
  {
    ...relay("during bisect, part committed", () => ({ port: "after commit", once: "poison" })),
    scene: "poison",
  },
  {
    ...relay("parking sent", () => mongoCommit("update outbox_parked", "sent")),
    scene: "poison",
  },
  { ...relay("parked but not resumed", () => ({ port: "after setAside" })), scene: "poison" },
];

function relay(name: string, moment: () => Moment): Point {
  return { name: `relay: ${name}`, who: "relay", moment };
}

function writerPoints(who: "writer" | "service", count: string): readonly Point[] {
  return [
    { name: `${who}: before documents`, who, moment: () => mongoFirst([count], "before") },
    { name: `${who}: after documents`, who, moment: () => mongoFirst(["insert outbox"], "before") },
    { name: `${who}: before commit`, who, moment: () => mongoCommit("insert outbox", "before") },
    { name: `${who}: commit sent`, who, moment: () => mongoCommit("insert outbox", "sent") },
    {
      name: `${who}: committed but not answered`,
      who,
      moment: () => mongoCommit("insert outbox", "answered"),
    },
  ];
}
