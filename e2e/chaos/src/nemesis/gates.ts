import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { RelayService } from "@outgraph/events";
import { waitUntil } from "@outgraph/stack";
import { gatedPlan, plainPlan, type Truth } from "../truth/index.ts";
import type { Stage } from "./harm.ts";
import { ownerOf } from "./roles.ts";
import type { Writers } from "./writers.ts";

/**
 * Appends an entry that cannot be applied until its gate is there, and others that have to wait for it.
 * They stay so through every fault of a run, and nobody else may be held up by it.
 *
 * @returns their ids.
 */
export async function shutGate(writers: Writers, by: number, gate: string): Promise<string[]> {
  const workload = writers.all[by];
  if (workload === undefined) throw new Error(`there is no writer ${by}`);
  const ids: string[] = [];
  for (const plan of [gatedPlan(gate, gate), plainPlan(gate), plainPlan(gate)]) {
    await waitUntil(
      async () => {
        const { entry, outcome } = await workload.append(plan);
        if (outcome !== "failed") ids.push(entry);
        return outcome === "ok";
      },
      { what: `the entries of ${gate} are appended`, timeoutMs: 60_000 },
    );
  }
  return ids;
}

/** How long a person's decision may take on a busy machine, in milliseconds: a term may end meanwhile. */
const OPENS_WITHIN_MS = 120_000;

/**
 * Does what a person would: makes what the first entry waits for and has it tried again, or has it
 * skipped for good. Resolves when none of them is set aside any more.
 */
export async function openGate(
  gate: string,
  how: "mended" | "skipped",
  ids: readonly string[],
  { relays }: Stage,
  truth: Truth,
): Promise<void> {
  const [id = ""] = ids;
  if (how === "mended") await truth.makeGate(gate);
  await waitUntil(
    async () => {
      const { url } = await ownerOf(relays);
      const transport = createConnectTransport({ baseUrl: url, httpVersion: "1.1" });
      const relay = createClient(RelayService, transport);
      if (how === "mended") await relay.retryParked({ id }, { timeoutMs: 10_000 });
      else await relay.skipParked({ id, reason: "chaos", by: "chaos" }, { timeoutMs: 10_000 });
      return true;
    },
    { what: `${gate} is ${how}`, timeoutMs: OPENS_WITHIN_MS, everyMs: 500 },
  );
  await truth.watcher.caughtUp();
  const isOpen = () => ids.every((each) => !truth.watcher.aside.includes(each));
  if (!(await truth.watcher.until(isOpen, OPENS_WITHIN_MS))) {
    throw new Error(`what waited behind ${gate} is still set aside, though it was ${how}`);
  }
}
