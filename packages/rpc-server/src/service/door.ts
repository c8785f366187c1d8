import type { JwtOptions } from "../access/jwt.ts";
import type { Door } from "../server.ts";
import {
  choice,
  type Listen,
  listenOn,
  type OptionSpec,
  type OptionSpecs,
  text,
  whole,
  words,
} from "./options.ts";
import { ConfigError } from "./read-config.ts";

/** How a service is reached, and by whom. */
export interface DoorOptions {
  /** Where to listen. */
  readonly listen: Listen;
  /** The file of the certificate, PEM; empty: no TLS. */
  readonly tlsCert: string;
  /** The file of its private key, PEM. */
  readonly tlsKey: string;
  /** The file of the authorities of client certificates, PEM; empty: none are asked for. */
  readonly tlsClientCa: string;
  /** Who may call, and what they are granted; empty: no access control. */
  readonly accessFile: string;
  /** Where the public keys of a token issuer are: a URL or a file; empty: no JWTs. */
  readonly jwtJwks: string;
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  /** The claim that says who calls. */
  readonly jwtClaim: string;
  /** Who may read the metrics. */
  readonly metricsFor: "everyone" | "principals";
  /** Web pages that may call. */
  readonly corsOrigins: readonly string[];
  /** The most calls at a time. 1 to 1 000 000; default 20 000. */
  readonly callsMax: number;
  /** How long a call with one answer may take, in milliseconds. 1 000 to 3 600 000; default 360 000. */
  readonly callMsMax: number;
}

/** The specs of {@link DoorOptions}, with the service's own default address. */
export function doorOptions(listen: string): OptionSpecs<DoorOptions> {
  return {
    listen: listenOn({
      env: "OUTGRAPH_LISTEN",
      about:
        "Where to listen. Without --access-file, addresses that other machines can reach are refused.",
      default: listen,
    }),
    tlsCert: file({
      env: "OUTGRAPH_TLS_CERT",
      about:
        "The certificate, and those between it and its authority; read again when it changes. With " +
        "it the port speaks TLS only.",
    }),
    tlsKey: file({ env: "OUTGRAPH_TLS_KEY", about: "The certificate's private key." }),
    tlsClientCa: file({
      env: "OUTGRAPH_TLS_CLIENT_CA",
      about: "Authorities whose client certificates say who calls, as tokens do.",
    }),
    accessFile: file({
      env: "OUTGRAPH_ACCESS_FILE",
      about:
        "Who may call, with which keys, and what each is granted; read again when it changes. " +
        "Without it nobody is asked.",
    }),
    jwtJwks: text({
      env: "OUTGRAPH_JWT_JWKS",
      about: "Public keys of an issuer whose JWTs are taken, too.",
      accepts: "an https:// URL, or a file",
      placeholder: "url",
      default: "",
    }),
    jwtIssuer: text({
      env: "OUTGRAPH_JWT_ISSUER",
      about: "The issuer (iss) that a JWT must have.",
      accepts: "any text",
      default: "",
    }),
    jwtAudience: text({
      env: "OUTGRAPH_JWT_AUDIENCE",
      about: "The audience (aud) that a JWT must have.",
      accepts: "any text",
      default: "",
    }),
    jwtClaim: text({
      env: "OUTGRAPH_JWT_CLAIM",
      about: "The claim by which the access file knows a JWT's principal (subjects).",
      accepts: "a claim's name",
      placeholder: "name",
      pattern: /./,
      default: "sub",
    }),
    metricsFor: choice({
      env: "OUTGRAPH_METRICS_FOR",
      about: "Who may read /metrics. /healthz and /readyz are open to everyone.",
      of: ["everyone", "principals"],
      default: "everyone",
    }),
    corsOrigins: words({
      env: "OUTGRAPH_CORS_ORIGINS",
      about: "Web pages that may call, by their origin; others are refused.",
      accepts: "origins such as https://console.example, with commas between",
      pattern: /^https?:\/\/[^\s/,]+$/,
    }),
    callsMax: whole({
      env: "OUTGRAPH_CALLS_MAX",
      about: "The most calls at a time, waits and streams among them; each takes a little memory.",
      min: 1,
      max: 1_000_000,
      unit: "",
      default: 20_000,
    }),
    callMsMax: whole({
      env: "OUTGRAPH_CALL_MS_MAX",
      about: "How long a call may take, streams aside; the longest wait for entries is 300000 ms.",
      min: 1_000,
      max: 3_600_000,
      unit: "ms",
      default: 360_000,
    }),
  };
}

/** A file's name; left out, none. */
function file(said: { env: string; about: string }): OptionSpec<string> {
  return text({ ...said, accepts: "a file", placeholder: "file", default: "" });
}

/**
 * The options as a server takes them.
 *
 * @throws ConfigError naming every option that lacks another.
 */
export function doorOf(options: DoorOptions): Door {
  const faults = [...lacking(options)];
  if (faults.length > 0) {
    throw new ConfigError(["options that lack others:", ...faults].join("\n  "));
  }
  const { tlsCert: cert, tlsKey: key, tlsClientCa: clientCa } = options;
  const jwt = jwtOf(options);
  return {
    ...options.listen,
    ...(cert !== "" && { tls: { cert, key, ...(clientCa !== "" && { clientCa }) } }),
    ...(options.accessFile !== "" && {
      access: { file: options.accessFile, certificates: clientCa !== "", ...(jwt && { jwt }) },
    }),
    metricsOpen: options.metricsFor === "everyone",
    corsOrigins: options.corsOrigins,
    limits: { callsMax: options.callsMax, callMsMax: options.callMsMax },
  };
}

function jwtOf(options: DoorOptions): JwtOptions | undefined {
  const { jwtJwks: jwks, jwtIssuer: issuer, jwtAudience: audience, jwtClaim: claim } = options;
  return jwks === "" ? undefined : { jwks, issuer, audience, claim };
}

function* lacking(options: DoorOptions): Generator<string> {
  const { tlsCert, tlsKey, tlsClientCa, accessFile, jwtJwks, jwtIssuer, jwtAudience } = options;
  if (tlsCert !== "" && tlsKey === "") yield "--tls-cert needs --tls-key";
  if (tlsKey !== "" && tlsCert === "") yield "--tls-key needs --tls-cert";
  if (tlsClientCa !== "" && tlsCert === "") yield "--tls-client-ca needs --tls-cert";
  if (tlsClientCa !== "" && accessFile === "") yield "--tls-client-ca needs --access-file";
  if (jwtJwks !== "" && accessFile === "") yield "--jwt-jwks needs --access-file";
  if (jwtJwks !== "" && jwtIssuer === "") yield "--jwt-jwks needs --jwt-issuer";
  if (jwtJwks !== "" && jwtAudience === "") yield "--jwt-jwks needs --jwt-audience";
  if (jwtJwks === "" && jwtIssuer + jwtAudience !== "") {
    yield "--jwt-issuer and --jwt-audience need --jwt-jwks";
  }
  if (options.metricsFor === "principals" && accessFile === "") {
    yield "--metrics-for principals needs --access-file";
  }
}
