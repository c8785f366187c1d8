/** What is read of an error, whichever copy of a driver made it: never `instanceof`. */
export interface ErrorShape {
  readonly name: string;
  readonly message: string;
  readonly code: number | string | undefined;
  readonly codeName: string | undefined;
  readonly labels: readonly string[];
}

/** The shape of anything that was thrown. */
export function shapeOf(error: unknown): ErrorShape {
  const found: Record<string, unknown> =
    typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  const { name, message, code, codeName, errorLabels } = found;
  return {
    name: typeof name === "string" ? name : typeof error,
    message: typeof message === "string" ? message : String(error),
    code: typeof code === "number" || typeof code === "string" ? code : undefined,
    codeName: typeof codeName === "string" ? codeName : undefined,
    labels: Array.isArray(errorLabels)
      ? errorLabels.filter((each) => typeof each === "string")
      : [],
  };
}
