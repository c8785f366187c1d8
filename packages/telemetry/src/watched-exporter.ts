import type { SpanExporter } from "@opentelemetry/sdk-trace";

/** Whether spans reach their collector. Told when it changes, and at the first failure. */
export type Delivery =
  | { readonly reaches: true; readonly lost: number }
  | { readonly reaches: false; readonly err: unknown };

/** The exporter, and beside it one word each time the collector goes or comes back: not one a try. */
export function watchedExporter(
  exporter: SpanExporter,
  tell: (delivery: Delivery) => void,
): SpanExporter {
  let lost = 0;
  let reaches = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        // 0 is success in the SDK's own enum, which its types alone give.
        if (result.code === 0) {
          if (!reaches) tell({ reaches: true, lost });
          reaches = true;
          lost = 0;
        } else {
          lost += spans.length;
          if (reaches) tell({ reaches: false, err: result.error });
          reaches = false;
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
