const LENGTH_MAX = 160;

/** The first sentence of a comment or docstring in one line; null when it says nothing. */
export function summaryOf(comment: string): string | null {
  const text = comment
    .replace(/^\/\*+|\*+\/$|^[rRuUbB]*("""|'''|"|')|("""|'''|"|')$/g, "")
    .replace(/^[ \t]*(\*|\/\/|#)?[ \t]?/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  const tag = text.search(/(^| )@\w/); // what follows is for tools
  const prose = tag < 0 ? text : text.slice(0, tag);
  const sentence = /^.*?[.!?](?= |$)/.exec(prose)?.[0] ?? prose;
  const characters = [...sentence.trim()];
  if (characters.length === 0) return null;
  return characters.length > LENGTH_MAX
    ? `${characters.slice(0, LENGTH_MAX - 1).join("")}…`
    : characters.join("");
}
