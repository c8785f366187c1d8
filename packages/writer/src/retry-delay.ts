const FIRST_MS = 5;
const MOST_MS = 500;

/**
 * How long to wait before the attempt after `attempt` (1, 2, …), in milliseconds: full jitter under
 * a cap that doubles from 5 to 500, so that transactions in each other's way come apart.
 *
 * @param random from 0 to below 1.
 */
export function retryDelayMs(attempt: number, random: number): number {
  return random * Math.min(MOST_MS, FIRST_MS * 2 ** (attempt - 1));
}
