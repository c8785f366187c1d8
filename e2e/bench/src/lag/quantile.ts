/** The value that this part of all of them are below. @throws RangeError when there are none. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  if (value === undefined) throw new RangeError("no values");
  return value;
}
