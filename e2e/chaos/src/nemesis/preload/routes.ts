// Loaded by `--import` into each process under test, before anything else: its connections go to the
// addresses that OUTGRAPH_CHAOS_ROUTES names instead, as a router would send them. The process keeps
// the URIs, names and certificates that it would have in earnest, and follows a replica set or a
// routing table as ever: only the wire is another.
import { type NetConnectOpts, Socket, type TcpNetConnectOpts } from "node:net";

const routes = JSON.parse(process.env["OUTGRAPH_CHAOS_ROUTES"] ?? "{}") as Record<string, number>;

type Connect = (this: Socket, options: NetConnectOpts, connected?: () => void) => Socket;
const connect = Socket.prototype.connect as Connect;

Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  // Node's own `net.connect` hands over one array, of the options and the listener.
  const [options, connected] = (Array.isArray(args[0]) ? args[0] : args) as [unknown, unknown];
  const port = portFor(options);
  if (port === undefined) return (connect as (...args: unknown[]) => Socket).apply(this, args);
  const there = { ...(options as TcpNetConnectOpts), host: "127.0.0.1", port };
  return connect.call(this, there, (connected ?? undefined) as (() => void) | undefined);
};

/** Where a connection goes instead; undefined for one that stays as it is. */
function portFor(options: unknown): number | undefined {
  if (typeof options !== "object" || options === null || !("port" in options)) return undefined;
  const { host, port } = options as TcpNetConnectOpts;
  return routes[`${host ?? "localhost"}:${port}`.toLowerCase()];
}
