export { check, type Verdict } from "./check.ts";
export { CODEBASE } from "./codebase.ts";
export type { Difference } from "./compare.ts";
export type { EdgeShape, NodeShape, Projection, Shape } from "./shape.ts";
export type { Sides } from "./sides.ts";
