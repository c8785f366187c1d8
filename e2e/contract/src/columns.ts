import type { Language } from "./languages.ts";
import type { Protocol } from "./outcome.ts";

/** A way to call the service: one column of the table. */
export interface Column {
  readonly language: Language;
  readonly protocol: Protocol;
  readonly asyncio?: boolean;
}

/** Every language over every protocol that its client speaks. */
export const COLUMNS: readonly Column[] = [
  { language: "TypeScript", protocol: "connect" },
  { language: "TypeScript", protocol: "connect-h2" },
  { language: "TypeScript", protocol: "grpc" },
  { language: "TypeScript", protocol: "grpc-web" },
  { language: "Python", protocol: "grpc" },
  { language: "Python", protocol: "grpc", asyncio: true },
  { language: "Go", protocol: "connect" },
  { language: "Go", protocol: "connect-h2" },
  { language: "Go", protocol: "grpc" },
  { language: "Go", protocol: "grpc-web" },
];

/** The collection of a column's own: "python_grpc_asyncio". */
export function collectionOf(column: Column): string {
  return nameOf(column).toLowerCase().replaceAll(/\W/g, "_");
}

/** "Python grpc asyncio" */
export function nameOf({ language, protocol, asyncio }: Column): string {
  return `${language} ${protocol}${asyncio ? " asyncio" : ""}`;
}
