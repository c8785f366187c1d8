/** A piece of Cypher. */
export interface Token {
  readonly kind: "word" | "name" | "text" | "number" | "param" | "sign" | "end";
  /** Of a name or text without its quotes; of a param without its `$`. */
  readonly text: string;
}

const TOKEN =
  /\s+|\/\/[^\n]*|`((?:[^`]|``)*)`|'((?:[^'\\]|\\.)*)'|\$(\w+)|(\d+)|([A-Za-z_]\w*)|(::|->|<-|\+=|<>|<=|>=|[-+*/=<>()[\]{}:,.|])/gy;

/** @throws SyntaxError for what is no Cypher that this reads. */
export function tokens(cypher: string): Token[] {
  const found: Token[] = [];
  let place = 0;
  for (const match of cypher.matchAll(TOKEN)) {
    place = match.index + match[0].length;
    const [, name, text, param, number, word, sign] = match;
    if (name !== undefined) found.push({ kind: "name", text: name.replaceAll("``", "`") });
    else if (text !== undefined) found.push({ kind: "text", text: text.replace(/\\(.)/g, "$1") });
    else if (param !== undefined) found.push({ kind: "param", text: param });
    else if (number !== undefined) found.push({ kind: "number", text: number });
    else if (word !== undefined) found.push({ kind: "word", text: word });
    else if (sign !== undefined) found.push({ kind: "sign", text: sign });
  }
  if (place !== cypher.length) throw new SyntaxError(`not Cypher: ${cypher.slice(place)}`);
  found.push({ kind: "end", text: "" });
  return found;
}
