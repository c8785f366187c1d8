import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";

/** Whose tokens are taken, and what in them says who calls. */
export interface JwtOptions {
  /** Where the issuer's public keys are: an https:// URL (http:// on a loopback address), or a file. */
  readonly jwks: string;
  /** The `iss` that every token must have. */
  readonly issuer: string;
  /** The `aud` that every token must have, alone or among others. */
  readonly audience: string;
  /** The claim that holds the principal's name, such as `sub`; a text. */
  readonly claim: string;
}

/** The issuer's keys could not be had; nobody can say now whether the token is good. */
export class KeysAway extends Error {
  override readonly name = "KeysAway";
}

/** The token is not accepted. The message says why, and nothing of the token. */
export class TokenRefused extends Error {
  override readonly name = "TokenRefused";
}

/** How far the clocks of issuer and service may be apart, in seconds. */
const CLOCK_SECONDS = 5;

/** Whether a bearer token is a JWT rather than a key: three parts with dots between them. */
export function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}

/**
 * Makes the check of tokens that an issuer signs: signature, issuer, audience, expiry (required),
 * "not before". It gives the name that the claim holds. Only public keys are taken from a key set, so
 * a token that is signed with a shared secret, or not at all, is refused.
 *
 * A remote key set is fetched when first needed, kept for ten minutes, and fetched anew when a token
 * names a key that is not in it, at most every half minute; five seconds are the limit.
 *
 * The check rejects with `TokenRefused`, or with `KeysAway` when the keys cannot be fetched.
 *
 * @param keys the issuer's, for {@link JwtOptions.jwks}: see {@link remoteKeys} and {@link keysIn}.
 */
export function jwtCheck(
  keys: () => JWTVerifyGetKey,
  { issuer, audience, claim }: Omit<JwtOptions, "jwks">,
): (token: string) => Promise<string> {
  const rules = {
    issuer,
    audience,
    clockTolerance: CLOCK_SECONDS,
    requiredClaims: ["exp", claim],
  };
  return async (token) => {
    let name: unknown;
    try {
      name = (await jwtVerify(token, keys(), rules)).payload[claim];
    } catch (cause) {
      if (isRefusal(cause)) throw new TokenRefused(cause.message, { cause });
      throw new KeysAway("the token issuer's keys cannot be had", { cause });
    }
    if (typeof name !== "string") throw new TokenRefused(`its claim ${claim} is not a text`);
    return name;
  };
}

/** A fault of the token's, and not of the way to the keys. */
function isRefusal(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== errors.JOSEError.code // "Expected 200 OK from the JSON Web Key Set response"
  );
}

/** Whether a key set is fetched from an issuer, and not read from a file. */
export function isRemote(jwks: string): boolean {
  return /^https?:\/\//.test(jwks);
}

/**
 * The keys at a URL.
 *
 * @throws Error for http:// to another machine, where anybody between could put keys of their own.
 */
export function remoteKeys(url: string): JWTVerifyGetKey {
  const parsed = new URL(url);
  const near = ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname);
  if (parsed.protocol !== "https:" && !near) {
    throw new Error(`the key set of another machine is fetched by https://, not ${url}`);
  }
  return createRemoteJWKSet(parsed);
}

/** The keys in the text of a file. @throws Error when it holds none. */
export function keysIn(text: string): JWTVerifyGetKey {
  return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
}
