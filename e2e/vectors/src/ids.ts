/** Times and texts that ids are made of. */
export const IDS: readonly {
  readonly name: string;
  readonly time: string;
  readonly text: string;
}[] = [
  { name: "the epoch and no text", time: "1970-01-01T00:00:00.000Z", text: "" },
  { name: "a job", time: "2026-01-02T03:04:05.678Z", text: "job-42" },
  { name: "another job of the same time", time: "2026-01-02T03:04:05.678Z", text: "job-43" },
  {
    name: "the last year and every width of UTF-8",
    time: "9999-12-31T23:59:59.999Z",
    text: "a ß 語 𝄞",
  },
];
