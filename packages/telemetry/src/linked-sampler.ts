import { TraceFlags } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { TracingSettings } from "./tracing-settings.ts";

/**
 * The sampler that was asked for. A parent-based one records a span without a parent also when one of
 * its links is recorded: a batch is about many traces and the child of none, and whoever records one
 * of them wants to see it. The specification's own samplers do not look at links.
 */
export function samplerOf({ parentBased, share }: TracingSettings["sampler"]): Sampler {
  const plain = plainSampler(share);
  return parentBased ? new ParentBasedSampler({ root: linked(plain) }) : plain;
}

function plainSampler(share: number): Sampler {
  if (share >= 1) return new AlwaysOnSampler();
  return share <= 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(share);
}

function linked(otherwise: Sampler): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const recorded = links.some(
        (link) => (link.context.traceFlags & TraceFlags.SAMPLED) !== TraceFlags.NONE,
      );
      return recorded
        ? { decision: SamplingDecision.RECORD_AND_SAMPLED }
        : otherwise.shouldSample(context, traceId, name, kind, attributes, links);
    },
    toString: () => `Linked{${otherwise.toString()}}`,
  };
}
