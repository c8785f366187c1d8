import type { Certificate } from "./certificate.ts";

export interface MongodSetting {
  readonly dbPath: string;
  readonly port: number;
  readonly testCommands: boolean;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** "127.0.0.1" on this machine, "0.0.0.0" inside a container whose port is published. */
  readonly bindIp: string;
  /** The secret of a set that asks who somebody is, as a file. */
  readonly keyFile?: string | undefined;
  readonly tls?: Certificate | undefined;
}

/** The name of every replica set of this package. */
export const REPLICA_SET = "rs0";

/** The arguments of a mongod that is modest in memory and noise. */
export function mongodArgs(setting: MongodSetting): readonly string[] {
  const parameters = {
    enableTestCommands: setting.testCommands ? 1 : 0,
    diagnosticDataCollectionEnabled: false, // 10 MB a run that nobody reads
    // A primary that is asked to stop waits for others to catch up, 15 s by default.
    shutdownTimeoutMillisForSignaledShutdown: 500,
    ...setting.parameters,
  };
  return [
    ...["--dbpath", setting.dbPath],
    ...["--port", String(setting.port)],
    ...["--bind_ip", setting.bindIp],
    ...["--replSet", REPLICA_SET],
    ...["--wiredTigerCacheSizeGB", "0.25"], // the least it takes
    ...["--wiredTigerEngineConfigString", "log=(prealloc=false)"], // 200 MB a server otherwise
    "--nounixsocket", // it would be left in /tmp by SIGKILL
    "--quiet",
    ...(setting.keyFile === undefined ? [] : ["--keyFile", setting.keyFile]),
    ...tlsArgs(setting.tls),
    ...Object.entries(parameters).flatMap(([name, value]) => [
      "--setParameter",
      `${name}=${value}`,
    ]),
  ];
}

// Preferred, not required: this package's own looks go without.
function tlsArgs(tls: Certificate | undefined): readonly string[] {
  if (tls === undefined) return [];
  return [
    ...["--tlsMode", "preferTLS", "--tlsAllowConnectionsWithoutCertificates"],
    ...["--tlsCertificateKeyFile", tls.bothFile, "--tlsCAFile", tls.certFile],
  ];
}
