import { call, type Service } from "./services.ts";

const OUTBOX = "outgraph.append.v1.OutboxService";

/** A node of the tests, as JSON. */
export const thing = (id: string): object => ({ label: "Thing", key: { id: { stringValue: id } } });

/** An append that makes a node. */
export function making(id: string): object {
  return append({ mergeNode: { node: thing(id), set: { at: { int64Value: "1" } } } });
}

/** An append that nothing can apply: an end that it requires is never there. */
export function impossible(id: string): object {
  const ref = { type: "NEAR", from: thing(id), to: thing("nowhere") };
  return append({ mergeEdge: { edge: ref, absentEnds: "ABSENT_ENDS_REQUIRE" } });
}

export function append(mutation: object): object {
  const event = { type: "operations.v1.Seen", mutations: [mutation] };
  return { entry: { source: "operations", events: [event] } };
}

/** Appends them in one call, and returns their ids. */
export async function appendMany(
  service: Service,
  appends: readonly object[],
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { results } = await call<{ results: { response: { receipt: { entryId: string } } }[] }>(
    service,
    `${OUTBOX}/AppendMany`,
    { appends },
    headers,
  );
  return results.map(({ response }) => response.receipt.entryId);
}

/** Waits until they are decided, and returns how, such as `APPLIED`. */
export async function decided(
  service: Service,
  ids: readonly string[],
): Promise<readonly string[]> {
  const { entries } = await call<{ entries: { state: string }[] }>(
    service,
    `${OUTBOX}/WaitApplied`,
    { ids, timeout: "60s" },
  );
  return entries.map(({ state }) => state.replace("ENTRY_STATE_", ""));
}
