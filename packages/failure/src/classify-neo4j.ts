import { shapeOf } from "./error-shape.ts";
import type { Failure, FailureKind } from "./failure.ts";
import { NEO4J_CODES, NEO4J_GROUPS, NEO4J_MESSAGES } from "./neo4j-codes.ts";
import { SYSTEM_ERRORS } from "./system-errors.ts";

/**
 * What an error of the Neo4j driver means: by message where a code is ambiguous, then by code, then
 * by the code's group.
 *
 * Whether a COMMIT that failed took effect is not said here: only the journal knows.
 */
export function classifyNeo4j(error: unknown): Failure {
  const { name, message, code } = shapeOf(error);
  const text = code === undefined ? name : String(code);
  return { kind: kindOf(text, message), code: text, message, cause: error };
}

function kindOf(code: string, message: string): FailureKind {
  const said = NEO4J_MESSAGES.find((rule) => rule.code === code && rule.message.test(message));
  const group = NEO4J_GROUPS.find((each) => code.startsWith(each.prefix));
  return said?.kind ?? NEO4J_CODES[code] ?? group?.kind ?? SYSTEM_ERRORS[code] ?? "unknown";
}
