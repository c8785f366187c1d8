import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** Where a connection keeps what its client certificate proves, under a name that is nobody else's. */
const NAMES = Symbol("outgraph.certificateNames");

interface Named {
  [NAMES]?: readonly string[];
}

/**
 * Notes what the client certificate of a new connection proves.
 *
 * @returns why the certificate is not accepted; undefined when it is, or when there is none.
 */
export function noteCertificate(socket: TLSSocket): string | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  if (!socket.authorized) return String(socket.authorizationError);
  (socket as Named)[NAMES] = namesIn(certificate);
  return undefined;
}

/** What the client certificate of a request's connection proves. */
export function certificateNames(socket: Socket | undefined): readonly string[] {
  // HTTP/2 gives a stand-in for the socket, which passes this on.
  return (socket as Named | undefined)?.[NAMES] ?? [];
}

/**
 * The names in a certificate, as the access file writes them: `URI:…`, `DNS:…` and `email:…` of the
 * subject alternative name, in its order, then the subject's common name as `CN=…`.
 */
export function namesIn(certificate: X509Certificate): string[] {
  const alternatives = [...(certificate.subjectAltName ?? "").matchAll(ALTERNATIVE)].map(
    ([, kind, quoted, plain]) =>
      `${kind}:${quoted === undefined ? plain : String(JSON.parse(quoted))}`,
  );
  const common = /^CN=.+$/m.exec(certificate.subject)?.[0];
  return [...alternatives, ...(common === undefined ? [] : [common])];
}

/** Node quotes, as JSON, a name that holds anything by which one could pretend another name. */
const ALTERNATIVE = /(?:^|, )(URI|DNS|email):(?:("(?:[^"\\]|\\.)*")|([^,"]*))/g;
