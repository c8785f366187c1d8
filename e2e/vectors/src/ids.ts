/** Times and texts that ids are made of. */
export const IDS: readonly { readonly time: string; readonly text: string }[] = [
  { time: "1970-01-01T00:00:00.000Z", text: "" },
  { time: "2026-01-02T03:04:05.678Z", text: "job-42" },
  { time: "2026-01-02T03:04:05.678Z", text: "job-43" },
  { time: "9999-12-31T23:59:59.999Z", text: "a ß 語 𝄞" },
];
