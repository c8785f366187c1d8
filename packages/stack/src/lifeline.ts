/**
 * The shell script that every child of this package runs under, so that no child outlives its
 * parent, however the parent ends.
 *
 * `sh -c LIFELINE <name> <sweep> <command> [argument…]`, with a socket to the parent as file
 * descriptor 3. The script tells `pid N` and, when the command has ended, `exit N` (a shell's status:
 * 128 + n for signal n), and then waits for a line from the parent before it ends itself. When the
 * socket closes instead, the parent is gone: the command is killed with SIGKILL, the folder `sweep`
 * (unless "") is removed, and so is whatever else is left in the process group.
 *
 * Why a shell that blocks on a socket, and not one of these:
 * - `prctl(PR_SET_PDEATHSIG)`, through `setpriv --pdeathsig`, is Linux alone; it fires when the
 *   *thread* that spawned ends, so a child started in a Node worker would die with the worker; and a
 *   parent that is killed between fork and prctl leaves its child behind. A socket has no such gap:
 *   the kernel closes it whatever happens, and a late reader still sees the end.
 * - exit handlers in the parent do not run on SIGKILL.
 * - a watchdog beside the child would have to trust a process id that may have been given anew; here
 *   the shell is the child's parent, so the id stays the child's own until the shell has reaped it.
 *
 * Because the command is the shell's child and not the shell itself, signals are sent to the id the
 * script tells: SIGSTOP and SIGKILL hit the engine, and the shell stays to reap it, which matters
 * where process 1 does not reap orphans (a bare container).
 *
 * A shell starts background commands with SIGINT ignored; children are asked to stop by SIGTERM.
 */
export const LIFELINE: string = `
sweep=$1
shift
"$@" 3<&- </dev/null &
engine=$!
trap '' PIPE
echo "pid $engine" >&3
{ read -r word <&3 || { kill -KILL "$engine"; exit 1; }; } 2>/dev/null &
watcher=$!
wait "$engine"
{ echo "exit $?" >&3; } 2>/dev/null
wait "$watcher" && exit 0
[ -n "$sweep" ] && rm -rf -- "$sweep"
kill -KILL 0
`;
