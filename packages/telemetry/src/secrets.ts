// Up to the last @ before the path: some passwords hold one that should have been encoded.
const URI_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"\\]*):[^\s/"\\]+@/gi;
const QUERY_SECRET = /([?&][^=&\s"\\]*(?:password|secret|token)=)[^&\s"\\]+/gi;
const SECRET_FIELD =
  /("(?:[^"\\]*(?:password|passwd|secret|api[-_]?key|credential)[^"\\]*|authorization|(?:[^"\\]*_|access|refresh|id|bearer)?token|cookie)":)("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\}|[^,}\s]+)/gi;
const BEARER = /\b(bearer) [^\s"\\]{8,}/gi;
const JWT = /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g;
/** Keys of our own making: see `keys new` of the services. */
const KEY = /\boutgraph_(?=[\w-]{0,42}[A-Z])[\w-]{43}(?![\w-])/g;

/** Shorter secrets are words like any other, and blanking them would spoil every text; a number, JSON. */
const LITERAL = /^(?=.*[^\d.+-]).{6,}$/s;

/**
 * Blanks secrets in a line of JSON: the password of every URI, secrets in a URI's query, the value of
 * every field named after a password, secret, key, token, credential, cookie or `authorization`, and
 * bearer tokens, JWTs and keys of these services in any text. The rest of the line stays as it is, and
 * stays JSON.
 */
export function withoutSecrets(line: string): string {
  return line
    .replace(URI_PASSWORD, "$1:***@")
    .replace(QUERY_SECRET, "$1***")
    .replace(SECRET_FIELD, '$1"***"')
    .replace(BEARER, "$1 ***")
    .replace(JWT, "***")
    .replace(KEY, "***");
}

/**
 * What blanks these secrets too, wherever they stand by themselves, and the passwords in those that are
 * URIs, as they are written there and decoded. Those of fewer than six characters, or that are
 * numbers, stay.
 */
export function blanking(secrets: readonly string[]): (line: string) => string {
  const literals = new Set<string>();
  for (const secret of secrets.flatMap(partsOf)) {
    if (LITERAL.test(secret)) literals.add(JSON.stringify(secret).slice(1, -1));
  }
  return (line) => {
    let blanked = line;
    for (const literal of literals) blanked = blanked.replaceAll(literal, "***");
    return withoutSecrets(blanked);
  };
}

/** What of a secret must never be shown: all of it, or of a URI its password. */
function partsOf(secret: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^:@/]*:([^/]*)@/i.exec(secret)?.[1];
  if (password === undefined) return /^[a-z][a-z0-9+.-]*:\/\//i.test(secret) ? [] : [secret];
  return [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not encoded, then
  }
}
