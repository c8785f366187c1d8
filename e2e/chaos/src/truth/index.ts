export type { Answer, Appender } from "./appender.ts";
export { appendByService, type ByServiceOptions } from "./by-service.ts";
export type * from "./evidence.ts";
export { appendInProcess, type InProcessOptions } from "./in-process.ts";
export { anyPlan, gatedPlan, type Plan, plainPlan } from "./plan.ts";
export { canaryKeys, type Servers, Truth, type TruthOptions } from "./truth.ts";
export { type Planned, unseen, vacuous } from "./vacuous.ts";
export { Workload, type WorkloadOptions } from "./workload.ts";
