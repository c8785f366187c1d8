/**
 * A label, type or property name as Cypher takes it. No text gets out of the quotes: Cypher reads
 * `\uXXXX` everywhere, in quoted names too, before it looks for the closing quote.
 */
export function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``").replaceAll("\\", "\\u005C")}\``;
}

/** A text as Cypher takes it, in single quotes. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
