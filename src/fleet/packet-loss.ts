/**
 * What packet loss leaves of a link's speed: TCP halves its window at each loss and regains a segment a round trip, so
 * in the mean it carries MSS / RTT * sqrt(3/2) / sqrt(loss), whatever the line could do.
 * Source: Mathis, Semke, Mahdavi, Ott, "The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm", ACM
 * SIGCOMM CCR 27(3), 1997, for losses that are rare and an acknowledgement for each segment.
 */

/** lwIP's TCP_MSS as ESP-IDF sets it (CONFIG_LWIP_TCP_MSS), bytes. */
const SEGMENT_BYTES = 1_440;

/**
 * Bytes a second that a connection carries at most; Infinity where nothing is lost or a round trip takes no time.
 *
 * @param lossShare share of packets that are lost, 0 to 1
 * @param roundTripUs microseconds
 */
export function lossLimit(lossShare: number, roundTripUs: number): number {
  if (lossShare <= 0 || roundTripUs <= 0) return Infinity;
  return ((SEGMENT_BYTES * 1e6) / roundTripUs) * Math.sqrt(1.5 / lossShare);
}
