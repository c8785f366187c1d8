const URI_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"\\]*):[^\s@/"\\]+@/gi;
const SECRET_FIELD =
  /("(?:[^"\\]*(?:password|passwd|secret|apikey|api_key|credential)[^"\\]*|authorization|(?:[^"\\]*_)?token|cookie)":)("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\}|[^,}\s]+)/gi;
const BEARER = /\b(bearer) [^\s"\\]{8,}/gi;

/**
 * Blanks secrets in a line of JSON: the password of every URI, the value of every field named after
 * a password, secret, key, token, credential, cookie or `authorization`, and bearer tokens in any
 * text. The rest of the line stays as it is, and stays JSON.
 */
export function withoutSecrets(line: string): string {
  return line
    .replace(URI_PASSWORD, "$1:***@")
    .replace(SECRET_FIELD, '$1"***"')
    .replace(BEARER, "$1 ***");
}
