import type { CheckedAppend } from "./check-append.ts";
import { GroupCall } from "./group-call.ts";
import { Lane } from "./lane.ts";
import type { AppendStore, CallLimit, Committed } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

/** The transactions that appends are committed in. */
export interface AppendTransactions {
  /**
   * Commits appends in one transaction, those that are new all or none; one that is refused for its
   * id alone changes nothing for the others. Results in order.
   *
   * @param timeoutMs until when it may try.
   * @throws NotTogether when it did not work out, whosever fault that is.
   */
  together(appends: readonly CheckedAppend[], timeoutMs: number): Promise<(Committed | Refusal)[]>;

  /**
   * Commits one append in a transaction of its own, retried within the limit.
   *
   * @param undecided whether an earlier transaction of this call may have committed it.
   * @param retried called when the transaction is run a second time.
   */
  alone(
    append: CheckedAppend,
    limit: CallLimit,
    undecided: boolean,
    retried: () => void,
  ): Promise<Committed | Refusal>;

  /** The answer for an append whose time is up. @param begun whether it may be committed. */
  late(append: CheckedAppend, begun: boolean): Refusal;
}

/** A transaction of several appends did not commit, as far as is known. */
export class NotTogether extends Error {
  override readonly name = "NotTogether";
  /** Whether it may have committed all the same. */
  readonly undecided: boolean;

  constructor(undecided: boolean, cause: unknown) {
    super("the appends could not be committed together", { cause });
    this.undecided = undecided;
  }
}

/** How much is taken on at a time. */
export interface GroupRules {
  /** The most appends in one transaction. 1: each has its own. */
  readonly groupAppendsMax: number;
  /** The most transactions of groups under way. */
  readonly groupsMax: number;
  /** The most appends waiting or under way; more are refused. */
  readonly pendingAppendsMax: number;
  /** The most bytes of documents and entries waiting or under way; more are refused. */
  readonly pendingBytesMax: number;
}

/**
 * The most bytes of documents and entries in one transaction; an append that is larger has its own.
 * A quarter of what MongoDB writes as one oplog entry, which leaves room for what updates make of them.
 */
const GROUP_BYTES_MAX = 4 * 1024 * 1024;

/** How many appends of groups that failed are run at a time, each in its own transaction. */
const ALONE_MAX = 16;

/**
 * How long a transaction keeps others waiting for its place, in milliseconds: far longer than one
 * takes, so that it is only given up for one that hangs.
 */
const HOLD_MS = 1_000;

/** One append of a call. */
interface Member {
  readonly append: CheckedAppend;
  readonly call: GroupCall;
  readonly index: number;
  readonly undecided: boolean;
}

/**
 * Commits appends of any number of calls in shared transactions.
 *
 * What has come in while the last transactions were under way is the next group; nothing is waited
 * for, and an append that comes alone goes at once. A group stands in history in the order of
 * arrival. When its transaction fails, for whatever reason, each member runs alone: so a bad write,
 * a conflict or a duplicate of one shows in no other's result, and costs the others one more try.
 *
 * A call whose time is up, or whose caller has gone, is answered then; what of it has not begun is
 * dropped, and what has goes on for the sake of the rest of its group.
 */
export class GroupCommit implements AppendStore {
  readonly #transactions: AppendTransactions;
  readonly #rules: GroupRules;
  readonly #groups: Lane<Member>;
  /** Those with one id go one after another: at once they would only be in each other's way. */
  readonly #alone: Lane<readonly Member[]>;
  #appends = 0;
  #bytes = 0;

  constructor(transactions: AppendTransactions, rules: GroupRules) {
    this.#transactions = transactions;
    this.#rules = rules;
    const dropped = (member: Member): boolean => {
      if (!member.call.ended) return false;
      this.#release(member);
      return true;
    };
    this.#groups = new Lane({
      widthMax: rules.groupsMax,
      together: { countMax: rules.groupAppendsMax, bytesMax: GROUP_BYTES_MAX },
      bytesOf: ({ append }) => append.bytes,
      dropped,
      run: (members, free) => this.#commit(members, free),
    });
    this.#alone = new Lane({
      widthMax: ALONE_MAX,
      together: { countMax: 1, bytesMax: 0 },
      bytesOf: () => 0,
      dropped: () => false,
      run: async ([members = []]) => {
        for (const member of members) {
          if (!dropped(member)) await this.#commitAlone(member, () => {});
        }
      },
    });
  }

  /** How many appends wait or are under way. */
  get pending(): number {
    return this.#appends;
  }

  /** How large their documents and entries are, in bytes. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  async commit(
    appends: readonly CheckedAppend[],
    limit: CallLimit,
  ): Promise<(Committed | Refusal)[]> {
    if (appends.length === 0) return [];
    const call = new GroupCall(appends, limit, this.#transactions);
    const members = appends.map((append, index) => ({ append, call, index, undecided: false }));
    this.#groups.add(members.filter((member) => this.#admit(member)));
    return await call.results;
  }

  #admit(member: Member): boolean {
    const { bytes } = member.append;
    const { pendingAppendsMax, pendingBytesMax } = this.#rules;
    // A single one is taken whatever its size, or it would be refused for ever.
    const room =
      this.#appends === 0 ||
      (this.#appends < pendingAppendsMax && this.#bytes + bytes <= pendingBytesMax);
    if (room) {
      this.#appends += 1;
      this.#bytes += bytes;
    } else {
      const refusal: Refusal = { kind: "too_busy", appends: this.#appends, bytes: this.#bytes };
      member.call.settle(member.index, refusal);
    }
    return room;
  }

  #release({ append }: Member): void {
    this.#appends -= 1;
    this.#bytes -= append.bytes;
  }

  #finish(member: Member, result: Committed | Refusal): void {
    member.call.settle(member.index, result);
    this.#release(member);
  }

  async #commit(members: readonly Member[], free: () => void): Promise<void> {
    const [only] = members;
    const timer = setTimeout(free, HOLD_MS);
    try {
      if (members.length === 1) await this.#commitAlone(only as Member, free);
      else await this.#commitTogether(members);
    } finally {
      clearTimeout(timer);
    }
  }

  async #commitTogether(members: readonly Member[]): Promise<void> {
    for (const { call, index } of members) call.begin(index);
    // The most patient one decides: the others are answered by their own calls.
    const timeoutMs = Math.max(...members.map(({ call }) => call.leftMs()));
    const appends = members.map(({ append }) => append);
    let results: readonly (Committed | Refusal)[];
    try {
      results = await this.#transactions.together(appends, timeoutMs);
    } catch (error) {
      const undecided = !(error instanceof NotTogether) || error.undecided;
      if (!undecided) for (const { call, index } of members) call.notBegun(index);
      const byId = Map.groupBy(members, ({ append }) => append.entry.id);
      const again = (each: readonly Member[]) => each.map((member) => ({ ...member, undecided }));
      this.#alone.add([...byId.values()].map(again));
      return;
    }
    for (const [i, member] of members.entries()) {
      this.#finish(member, results[i] as Committed | Refusal);
    }
  }

  async #commitAlone(member: Member, retried: () => void): Promise<void> {
    const { append, call, index, undecided } = member;
    call.begin(index);
    const limit = { timeoutMs: call.leftMs(), signal: call.signal };
    let result: Committed | Refusal;
    try {
      result = await this.#transactions.alone(append, limit, undecided, retried);
    } catch (error) {
      result = { kind: "broken", error };
    }
    this.#finish(member, result);
  }
}
