/** How long after its last word the stream counts as alive, in milliseconds. It says one each second. */
export const STREAM_SILENCE_MS = 5_000;
