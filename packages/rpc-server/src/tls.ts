import { createSecureContext, createServer, type Server, type TlsOptions } from "node:tls";
import type { Signals } from "@outgraph/telemetry";
import { noteCertificate } from "./certificate-names.ts";
import { type FileSignals, followFiles } from "./follow-files.ts";

/** Files in PEM format; read again when they change, for connections made from then on. */
export interface TlsFiles {
  /** The server's certificate, and those between it and its authority. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
  /**
   * The authorities whose client certificates prove who calls. With them, a certificate is asked for;
   * a caller without one still needs a token, and the probes stay open to it. A connection with one
   * that they did not issue, or that has expired, is closed.
   */
  readonly clientCa?: string;
}

/** What is told of TLS. */
export interface TlsSignals extends FileSignals {
  /** A client showed a certificate that none of the authorities issued, or that has expired. */
  "tls.certificate_refused": { readonly why: string };
}

/** The parts of a server that TLS is put in front of. */
export interface TlsFront {
  readonly server: Server;
  /** Follows the files no more. */
  close(): void;
}

/**
 * Makes a TLS server that offers HTTP/2 and HTTP/1.1 (ALPN) and gives each connection, once it is
 * secure, to `connected`. TLS 1.2 is the oldest it speaks.
 *
 * @param handshakeMs how long a handshake may take.
 * @throws Error when a file cannot be had, or key and certificate do not belong together.
 */
export async function tlsServer(
  files: TlsFiles,
  handshakeMs: number,
  signals: Signals<TlsSignals>,
  connected: (socket: import("node:tls").TLSSocket) => void,
): Promise<TlsFront> {
  const names = [files.cert, files.key, ...(files.clientCa === undefined ? [] : [files.clientCa])];
  let server: Server | undefined;
  const followed = await followFiles(
    names,
    ([cert, key, ca]) => {
      const context = {
        cert: cert as Buffer,
        key: key as Buffer,
        minVersion: "TLSv1.2",
        ...(ca && { ca }),
      } as const;
      createSecureContext(context); // throws for a key of another certificate
      server?.setSecureContext(context);
      return context;
    },
    signals,
  );
  const options: TlsOptions = {
    ...followed.now,
    ALPNProtocols: ["h2", "http/1.1"],
    handshakeTimeout: handshakeMs,
    // Asked for, not required: a probe has none, and a caller may have a token instead.
    requestCert: files.clientCa !== undefined,
    rejectUnauthorized: false,
  };
  server = createServer(options, (socket) => {
    const why = noteCertificate(socket);
    if (why === undefined) return connected(socket);
    // Refused here and not call by call: after some of these errors, OpenSSL breaks the connection
    // off by itself at one of its next bytes, or does not.
    signals.emit("tls.certificate_refused", { why });
    socket.destroy();
  });
  // A handshake that fails, such as cleartext sent here, concerns nobody else.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  return { server, close: () => followed.close() };
}
