import type { Logger, LogLevel } from "./logger.ts";
import type { Signals } from "./signals.ts";

/** At which level a signal is logged, and in which words; its payload becomes the line's fields. */
export interface LogRule<P> {
  readonly level: Exclude<LogLevel, "silent">;
  /** Default: the signal's name. */
  readonly msg?: string;
  /** Fields of the line, where the payload itself is too much. */
  readonly fields?: (payload: P) => object;
}

/** How each signal is logged. Every one is named here; `null` says that it is not logged. */
export type LogRules<M extends object> = { readonly [K in keyof M]: LogRule<M[K]> | null };

/** Logs `signals` as `rules` say. */
export function logSignals<M extends object>(
  signals: Signals<M>,
  logger: Logger,
  rules: LogRules<NoInfer<M>>,
): void {
  for (const name of Object.keys(rules) as (keyof M)[]) {
    const rule = rules[name];
    if (rule === null) continue;
    const msg = rule.msg ?? String(name);
    signals.on(name, (payload) => {
      // A payload that is not an object would be taken for the message.
      const fields =
        rule.fields?.(payload) ?? (typeof payload === "object" ? payload : { payload });
      logger[rule.level](fields ?? {}, msg);
    });
  }
}
