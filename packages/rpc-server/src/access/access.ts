import { Code, ConnectError, type ContextKey, createContextKey } from "@connectrpc/connect";
import type { Signals } from "@outgraph/telemetry";
import { type FileSignals, followFiles } from "../follow-files.ts";
import { type AccessList, accessList } from "./access-file.ts";
import {
  isJwt,
  isRemote,
  type JwtOptions,
  jwtCheck,
  KeysAway,
  keysIn,
  remoteKeys,
  TokenRefused,
} from "./jwt.ts";
import type { Principal } from "./principal.ts";

export interface AccessOptions {
  /** The access file: principals, the hashes of their keys, and what each is granted. */
  readonly file: string;
  /** Takes tokens that somebody else issues, too. */
  readonly jwt?: JwtOptions;
  /** Takes client certificates, too; the server asks for them and checks them. */
  readonly certificates: boolean;
}

/** What a caller shows. */
export interface Caller {
  readonly header: Headers;
  /** The names that its client certificate proves, the first choice first; empty without one. */
  readonly certificateNames: readonly string[];
}

/** Knows who calls. */
export interface Access {
  /**
   * Who calls, by its bearer token, or else by its certificate. A token that is wrong is refused,
   * whatever the certificate says.
   *
   * @throws ConnectError UNAUTHENTICATED when nothing or something wrong is shown,
   *   PERMISSION_DENIED when it is right but the access file does not name who it is for, UNAVAILABLE
   *   when the issuer's keys cannot be had.
   */
  identify(caller: Caller): Promise<Principal>;

  /** Follows its files no more. */
  close(): void;
}

/** What is told of access. */
export interface AccessSignals extends FileSignals {
  /** The keys of a token's issuer cannot be had. */
  "access.keys_away": { readonly err: unknown };
}

/** The names that the client certificate of a call proves, for the check at the gate. */
export const CERTIFICATE_NAMES: ContextKey<readonly string[]> = createContextKey<readonly string[]>(
  [],
);

/**
 * Reads who may call, and again when the files change; a bad change is told and does not count.
 *
 * @throws Error when a file cannot be had or used; the message names it and the place at fault.
 */
export async function openAccess(
  options: AccessOptions,
  signals: Signals<AccessSignals>,
): Promise<Access> {
  const list = await followFiles([options.file], ([text]) => accessList(String(text)), signals);
  try {
    const jwt = options.jwt && (await openJwt(options.jwt, signals));
    return {
      identify: (caller) => identify(caller, list.now, jwt?.check, options, signals),
      close() {
        list.close();
        jwt?.close();
      },
    };
  } catch (error) {
    list.close();
    throw error;
  }
}

async function openJwt(
  options: JwtOptions,
  signals: Signals<AccessSignals>,
): Promise<{ check: (token: string) => Promise<string>; close: () => void }> {
  if (isRemote(options.jwks)) {
    const keys = remoteKeys(options.jwks);
    return { check: jwtCheck(() => keys, options), close: () => undefined };
  }
  const keys = await followFiles([options.jwks], ([text]) => keysIn(String(text)), signals);
  return { check: jwtCheck(() => keys.now, options), close: () => keys.close() };
}

async function identify(
  { header, certificateNames }: Caller,
  list: AccessList,
  subjectIn: ((token: string) => Promise<string>) | undefined,
  options: AccessOptions,
  signals: Signals<AccessSignals>,
): Promise<Principal> {
  const authorization = header.get("authorization");
  if (authorization !== null) {
    const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token === undefined) throw unauthenticated("the authorization is not a bearer token");
    if (subjectIn === undefined || !isJwt(token)) {
      const principal = list.byKey(token);
      if (principal === undefined) throw unauthenticated("the key is not known, or not any more");
      return principal;
    }
    const subject = await subjectOf(token, subjectIn, signals);
    return list.bySubject(subject) ?? unnamed([subject]);
  }
  if (certificateNames.length > 0) {
    return list.byCertificate(certificateNames) ?? unnamed(certificateNames);
  }
  throw unauthenticated(
    options.certificates
      ? 'a client certificate is needed, or a token: "authorization: Bearer <token>"'
      : 'a token is needed: "authorization: Bearer <token>"',
  );
}

async function subjectOf(
  token: string,
  subjectIn: (token: string) => Promise<string>,
  signals: Signals<AccessSignals>,
): Promise<string> {
  try {
    return await subjectIn(token);
  } catch (error) {
    if (error instanceof TokenRefused) {
      throw unauthenticated(`the token is not accepted: ${error.message}`);
    }
    if (!(error instanceof KeysAway)) throw error;
    signals.emit("access.keys_away", { err: error });
    throw new ConnectError(error.message, Code.Unavailable);
  }
}

function unnamed(names: readonly string[]): never {
  const said = names.map((name) => JSON.stringify(name)).join(", ");
  throw new ConnectError(`no principal in the access file has ${said}`, Code.PermissionDenied);
}

function unauthenticated(message: string): ConnectError {
  return new ConnectError(message, Code.Unauthenticated);
}
