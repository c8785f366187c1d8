import type { Signals } from "@outgraph/telemetry";
import { type AppendTransactions, NotTogether } from "./group-commit.ts";
import { isRefusal } from "./refusal.ts";
import type { AppendSignals } from "./signals.ts";

/** The same transactions, and each of them told of to the signals. */
export function toldTransactions(
  transactions: AppendTransactions,
  signals: Signals<AppendSignals>,
): AppendTransactions {
  const tell = (
    appends: number,
    outcome: AppendSignals["transaction.ended"]["outcome"],
    start: number,
  ): void =>
    signals.emit("transaction.ended", { appends, outcome, durationMs: performance.now() - start });
  return {
    late: (append, begun) => transactions.late(append, begun),
    async together(appends, timeoutMs) {
      const start = performance.now();
      try {
        const results = await transactions.together(appends, timeoutMs);
        tell(appends.length, "committed", start);
        return results;
      } catch (error) {
        const undecided = error instanceof NotTogether && error.undecided;
        tell(appends.length, undecided ? "unknown" : "apart", start);
        throw error;
      }
    },
    async alone(append, limit, undecided, retried) {
      const start = performance.now();
      const result = await transactions.alone(append, limit, undecided, retried);
      tell(1, isRefusal(result) ? "refused" : "committed", start);
      return result;
    },
  };
}
