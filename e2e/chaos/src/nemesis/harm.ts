import { TimedOut, waitUntil } from "@outgraph/stack";
import { harmServer } from "./harm-server.ts";
import type { Link } from "./link.ts";
import type { Planned } from "./plan.ts";
import { stateOf } from "./process-state.ts";
import { ownerOf, standbyOf } from "./roles.ts";
import type { OwnServers } from "./servers.ts";
import type { Service } from "./service.ts";

/** Everybody who can be harmed. */
export interface Stage {
  readonly relays: readonly Service[];
  readonly appends: readonly Service[];
  readonly own: OwnServers | undefined;
}

/** A fault that struck. */
export interface Harm {
  /** Who it hit: "relay-2". */
  readonly whom: string;
  /** Undoes it. @returns what was seen of it; undefined when nothing was, so that it did not strike. */
  undo(): Promise<string | undefined>;
}

/** Does what the plan says, to whoever has the role now. Resolves when it is done. */
export async function harm(fault: Planned, stage: Stage): Promise<Harm> {
  if (fault.kind === "slow") return slow(fault, stage);
  switch (fault.target) {
    case "relay-owner":
      return await harmService(fault, await ownerOf(stage.relays));
    case "relay-standby":
      return await harmService(fault, await standbyOf(stage.relays));
    case "append-1":
    case "append-2":
      return await harmService(fault, appendOf(stage, fault.target));
    case "neo4j":
    case "mongodb":
    case "mongodb-primary":
    case "mongodb-secondary":
      if (stage.own === undefined) throw new Error(`${fault.target} is not ours to harm`);
      return await harmServer(fault, stage.own);
  }
}

function appendOf({ appends }: Stage, name: string): Service {
  const service = appends.find((each) => each.name === name);
  if (service === undefined) throw new Error(`there is no ${name}`);
  return service;
}

async function harmService(fault: Planned, service: Service): Promise<Harm> {
  const { process: managed, clock, name } = service;
  switch (fault.kind) {
    case "kill": {
      const ended = managed.exited;
      await managed.kill();
      const { signal } = await ended;
      return {
        whom: name,
        async undo() {
          await clock.reset();
          await managed.restart();
          return signal === "SIGKILL" ? "ended by SIGKILL" : undefined;
        },
      };
    }
    case "pause": {
      const { pid } = managed;
      await managed.pause();
      const stopped = await waitUntil(() => stateOf(pid) === "T", {
        what: `${name} stands still`,
        timeoutMs: 30_000,
      });
      return {
        whom: name,
        async undo() {
          await managed.resume();
          return stopped ? "stood still" : undefined;
        },
      };
    }
    case "partition":
      return await partition(fault, name, linkOf(fault, service));
    case "lose": {
      const link = linkOf(fault, service);
      const before = link.repliesLost;
      link.loseReplies();
      return {
        whom: name,
        async undo() {
          // While a server is away there is nothing to lose.
          await seenWithin(STRIKES_WITHIN_MS, () => link.repliesLost > before);
          const lost = link.repliesLost - before;
          await link.heal();
          return lost > 0 ? `${lost} replies lost` : undefined;
        },
      };
    }
    case "skew": {
      const threads = await clock.skew(fault.rate, fault.offsetMs);
      return {
        whom: name,
        async undo() {
          await clock.heal();
          return threads > 0 ? `${threads} threads had another time` : undefined;
        },
      };
    }
    case "step-down":
    case "slow":
      throw new Error(`no ${fault.kind} for ${name}`);
  }
}

function linkOf({ from }: Planned, service: Service): Link {
  if (from === undefined || from === "others") {
    throw new Error(`${service.name} has no wire of that kind`);
  }
  return service[from];
}

async function partition({ how }: Planned, whom: string, link: Link): Promise<Harm> {
  const connections = await open(link);
  if (how === "cut") link.cut();
  else link.hole();
  return {
    whom,
    async undo() {
      await link.heal();
      return connections > 0 ? `${connections} connections ${how}` : undefined;
    },
  };
}

async function slow({ target, delayMs }: Planned, { relays, appends, own }: Stage): Promise<Harm> {
  const links =
    target === "neo4j"
      ? relays.map(({ neo4j }) => neo4j)
      : [...relays, ...appends].map(({ mongodb }) => mongodb);
  const wires = target === "mongodb" ? own?.wires : undefined;
  const counts = await Promise.all(links.map(open));
  for (const link of links) link.slow(delayMs);
  wires?.slow(delayMs);
  return {
    whom: target,
    async undo() {
      // A partition or a loss on the same wire goes on.
      for (const link of links) link.slow(0);
      await wires?.heal();
      const connections = counts.reduce((sum, count) => sum + count, 0);
      return connections > 0 ? `${connections} connections slow` : undefined;
    },
  };
}

/** How many connections a link has, as soon as it has one; 0 when it has none for long. */
async function open(link: Link): Promise<number> {
  await seenWithin(STRIKES_WITHIN_MS, () => link.connections > 0);
  return link.connections;
}

/** How long a fault waits for something to strike, in milliseconds. */
const STRIKES_WITHIN_MS = 30_000;

/** Waits until it is so, or the time is up. */
async function seenWithin(timeoutMs: number, isSo: () => boolean): Promise<void> {
  try {
    await waitUntil(isSo, { what: "there is something to strike", timeoutMs });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error; // else whoever asked looks for himself
  }
}
