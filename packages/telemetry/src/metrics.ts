import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Signals } from "./signals.ts";

/** A Prometheus metric, and what one signal does to it. */
export type MetricRule<P> = CounterRule<P> | GaugeRule<P> | HistogramRule<P>;

interface NamedRule<P> {
  /** With its unit, in base units: `outgraph_relay_commit_duration_seconds`. */
  readonly name: string;
  readonly help: string;
  /** Fields of the payload that become labels. Few values each: every combination is a series. */
  readonly labels?: readonly (keyof P & string)[];
}

/** Counts upwards. */
export interface CounterRule<P> extends NamedRule<P> {
  readonly kind: "counter";
  /** What to add; default 1. */
  readonly value?: (payload: P) => number;
}

/**
 * Holds the last value. It is absent as long as there was none: a 0 that nobody measured would be
 * taken for one that somebody did.
 */
export interface GaugeRule<P> extends NamedRule<P> {
  readonly kind: "gauge";
  /** Undefined: not known, and so absent from now on. */
  readonly value: (payload: P) => number | undefined;
  /** What it is before the first signal, where that is known. Not with labels. */
  readonly initial?: number;
}

/** Counts values by size. */
export interface HistogramRule<P> extends NamedRule<P> {
  readonly kind: "histogram";
  readonly value: (payload: P) => number;
  /** Upper bounds of the buckets; default {@link SECONDS}. */
  readonly buckets?: readonly number[];
}

/** What each signal does to which metrics. A signal that is not listed does not compile. */
export type MetricRules<M extends object> = {
  readonly [K in keyof M]?: readonly MetricRule<M[K]>[];
};

/** Buckets for durations in seconds, from one millisecond to five minutes. */
export const SECONDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

/** What `/metrics` serves. */
export interface Metrics {
  readonly contentType: string;
  /** All metrics in Prometheus' text format, as they are now, Node's own process metrics included. */
  text(): Promise<string>;
}

/**
 * Keeps metrics that follow `signals` as `rules` say, in a registry of their own.
 *
 * Two rules may feed one metric; they must then agree on its kind and labels.
 *
 * @throws Error when two rules disagree, or a name is not one that Prometheus takes.
 */
export function metricsFrom<M extends object>(
  signals: Signals<M>,
  rules: MetricRules<NoInfer<M>>,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const record = new Map<string, { shape: string; set: Recorder }>();
  for (const name of Object.keys(rules) as (keyof M)[]) {
    for (const rule of rules[name] ?? []) {
      const shape = JSON.stringify([rule.kind, rule.labels ?? []]);
      let metric = record.get(rule.name);
      if (metric === undefined) {
        metric = { shape, set: register(registry, rule) };
        record.set(rule.name, metric);
      } else if (metric.shape !== shape) {
        throw new Error(`metric ${rule.name} is defined twice, with another kind or other labels`);
      }
      const { set } = metric;
      const { value = () => 1, labels = [] } = rule;
      signals.on(name, (payload) => set(labelsOf(payload, labels), value(payload)));
    }
  }
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

type Recorder = (labels: Record<string, string>, value: number | undefined) => void;

function register<P>(registry: Registry, rule: MetricRule<P>): Recorder {
  const common = {
    name: rule.name,
    help: rule.help,
    labelNames: [...(rule.labels ?? [])] as string[],
    registers: [registry],
  };
  switch (rule.kind) {
    case "counter": {
      const metric = new Counter(common);
      return (labels, value = 0) => metric.inc(labels, value);
    }
    case "gauge": {
      const metric = new Gauge(common);
      // Without labels, a gauge comes with a 0.
      if (rule.initial === undefined) metric.remove();
      else metric.set(rule.initial);
      return (labels, value) =>
        value === undefined ? metric.remove(labels) : metric.set(labels, value);
    }
    case "histogram": {
      const metric = new Histogram({ ...common, buckets: [...(rule.buckets ?? SECONDS)] });
      return (labels, value = 0) => metric.observe(labels, value);
    }
  }
}

function labelsOf<P>(payload: P, names: readonly (keyof P & string)[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const name of names) labels[name] = String(payload[name]);
  return labels;
}
