/** How long a download takes alone: as long as the slowest thing on its way, the link, the flash or a server's cap. */
import { SECOND_US } from "../base/instant.ts";

/**
 * Fleet microseconds, not rounded.
 *
 * @param bytesPerSecond of each; less than 1 counts as 1
 */
export function downloadLengthUs(sizeBytes: number, bytesPerSecond: readonly number[]): number {
  return (sizeBytes / Math.max(1, Math.min(...bytesPerSecond))) * SECOND_US;
}
