import { type ContextKey, type ContextValues, createContextKey } from "@connectrpc/connect";
import type { Grants } from "./grants.ts";

/** Who calls, as its key, token or certificate proves. */
export interface Principal {
  /** Its name in the access file; what a record of who did something says. */
  readonly name: string;
  readonly grants: Grants;
}

/**
 * Where a handler finds who calls: in the values of its context. Undefined when the service runs
 * without access control, and then whoever reaches it may do everything.
 */
export const PRINCIPAL: ContextKey<Principal | undefined> = createContextKey<Principal | undefined>(
  undefined,
  { description: "who calls" },
);

/** Who calls; see {@link PRINCIPAL}. */
export function principalOf(context: { readonly values: ContextValues }): Principal | undefined {
  return context.values.get(PRINCIPAL);
}
