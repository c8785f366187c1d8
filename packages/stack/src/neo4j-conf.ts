import type { Certificate } from "./certificate.ts";

export interface Neo4jSetting {
  readonly port: number;
  readonly authEnabled: boolean;
  readonly tls?: Certificate | undefined;
  readonly overrides: Readonly<Record<string, string>>;
}

/** The settings of a small Neo4j that listens on 127.0.0.1 for Bolt and for nothing else. */
export function neo4jConf({ port, authEnabled, tls, overrides }: Neo4jSetting): string {
  const settings: Record<string, string> = {
    "server.default_listen_address": "127.0.0.1",
    "server.default_advertised_address": "127.0.0.1",
    "server.bolt.listen_address": `127.0.0.1:${port}`,
    "server.bolt.advertised_address": `127.0.0.1:${port}`,
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.security.auth_enabled": String(authEnabled),
    "server.memory.pagecache.size": "128m",
    "db.tx_log.preallocate": "false", // 256 MB a database otherwise, at every start with new data
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0", // an orderly stop waits 10 s else
    "dbms.usage_report.enabled": "false",
    ...(tls && tlsSettings(tls)),
    ...overrides,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function tlsSettings({ folder, certFile, keyFile }: Certificate): Record<string, string> {
  return {
    "server.bolt.tls_level": "REQUIRED",
    "dbms.ssl.policy.bolt.enabled": "true",
    "dbms.ssl.policy.bolt.base_directory": folder,
    "dbms.ssl.policy.bolt.private_key": keyFile,
    "dbms.ssl.policy.bolt.public_certificate": certFile,
    "dbms.ssl.policy.bolt.client_auth": "NONE",
  };
}

/** The folders that Neo4j expects in its home. */
export const NEO4J_FOLDERS: readonly string[] = [
  "conf",
  "data",
  "import",
  "licenses",
  "logs",
  "plugins",
  "run",
];

export interface JvmSetting {
  readonly home: string;
  readonly jars: string;
  readonly heapMb: number;
  readonly quickStart: boolean;
  readonly mainClass: string;
  readonly jvmArgs: readonly string[];
}

/** The arguments of the JVM that is a Neo4j. */
export function neo4jArgs(setting: JvmSetting): readonly string[] {
  return [
    `-Xms${Math.min(256, setting.heapMb)}m`,
    `-Xmx${setting.heapMb}m`,
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError", // a dead server is understood sooner than a limping one
    // Measured on 5.26.12: 12 s of CPU until it answers, 6 s with the first compiler alone.
    ...(setting.quickStart ? ["-XX:TieredStopAtLevel=1"] : []),
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    ...setting.jvmArgs,
    ...["-cp", `${setting.jars}/*`],
    setting.mainClass,
    `--home-dir=${setting.home}`,
    `--config-dir=${setting.home}/conf`,
    "--console-mode",
  ];
}
