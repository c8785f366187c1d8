/** Most bytes of one encoded entry: 8 MiB. MongoDB takes documents of 16 MiB; the rest is room for the receipt. */
export const ENTRY_BYTES_MAX: number = 8 * 1024 * 1024;

/** Most bytes of one encoded request: 16 MiB. */
export const REQUEST_BYTES_MAX: number = 16 * 1024 * 1024;

/** Most appends in one `AppendMany`. */
export const APPENDS_MAX = 1_000;

/** Most ids in one `WaitApplied`. */
export const WAIT_IDS_MAX = 1_000;
