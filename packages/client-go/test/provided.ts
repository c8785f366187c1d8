// The types of what the global set-up provides to `inject`.
import type {} from "@outgraph/stack/vitest";
