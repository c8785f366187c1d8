/** A statement from its lines: without the indentation of the first, and without lines that hold nothing. */
export function lines(texts: TemplateStringsArray, ...parts: readonly (string | false)[]): string {
  const indentation = /^\n( *)/.exec(texts[0] ?? "")?.[1] ?? "";
  return texts
    .map((text, index) => text + (parts[index] || ""))
    .join("")
    .split("\n")
    .map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line))
    .filter((line) => line.trim() !== "")
    .join("\n");
}
