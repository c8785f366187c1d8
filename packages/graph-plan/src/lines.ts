/** A statement from its lines: without their indentation, and without the lines that hold nothing. */
export function lines(texts: TemplateStringsArray, ...parts: readonly (string | false)[]): string {
  return texts
    .map((text, index) => text + (parts[index] || ""))
    .join("")
    .split("\n")
    .map((line) => line.replace(/^ {4}/, ""))
    .filter((line) => line.trim() !== "")
    .join("\n");
}
