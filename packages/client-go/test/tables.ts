import { classifyMongo } from "@outgraph/failure";
import { SUPPORTED_MUTATIONS } from "@outgraph/graph-plan";

/** The services' own tables, for the Go suite to hold its own against. */
export function tables(): string {
  const transient: Record<number, boolean> = {};
  for (let code = 1; code < 20_000; code++) {
    const { kind, conflict } = classifyMongo({ name: "MongoServerError", code });
    if (kind === "transient") transient[code] = conflict;
  }
  const supported = [...SUPPORTED_MUTATIONS].map((kind) =>
    kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  return JSON.stringify({ transient, supported });
}
