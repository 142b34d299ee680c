/**
 * What the sockets have counted. For the laws: imageRequests = whole + cut + refused + those still open;
 * imageBytesServed = imageBytesWhole + imageBytesCut (of ended requests) + those of open ones.
 */
export class ServeCounters {
  /** TCP links to the broker, and what became of their CONNECT. */
  mqttLinks = 0;
  mqttLinksRefused = 0;
  mqttSessions = 0;
  mqttSessionsEnded = 0;
  /** Links cut because a packet was over the limit, or because a write did not drain in time. */
  mqttPacketsTooLarge = 0;
  mqttLinksSlow = 0;
  mqttPublishes = 0;
  mqttPublishesRefused = 0;
  mqttSubscribes = 0;
  mqttSubscribesRefused = 0;
  mqttWillsRefused = 0;
  /** Offers handed to the broker: for fetches and pushes. */
  mqttOffers = 0;
  /** Offers that went nowhere: too many wait for the node already, or it or a foreign broker is away. */
  mqttOffersDropped = 0;
  /** Links to a foreign broker that were made, the first included. */
  brokerLinks = 0;
  /** Second copies of offers, on purpose. */
  offersDoubled = 0;
  nodeConfigs = 0;
  /** Payloads of known topics that could not be read. */
  messagesUnreadable = 0;
  imageRequests = 0;
  imageRequestsWhole = 0;
  /**
   * Ended before the last byte was handed to the kernel. A link that breaks while the rest lies in the kernel's
   * buffers counts as whole here: only the node knows that it was cut.
   */
  imageRequestsCut = 0;
  /** 403, 404, 405, 416. */
  imageRequestsRefused = 0;
  imageRequestsExpired = 0;
  imageRequestsRanged = 0;
  /** Bytes of bodies handed to sockets; what a cut link lost on the way is among them. */
  imageBytesServed = 0;
  imageBytesWhole = 0;
  imageBytesCut = 0;
  tlsHandshakes = 0;
  tlsHandshakesFailed = 0;
  apiRequests = 0;
  apiRequestsRefused = 0;
  pollRequests = 0;
  pollRequestsRefused = 0;

  /** @param before what lives before this one have counted; other names among them are let be */
  constructor(before: Readonly<Record<string, number>> = {}) {
    const counters = this as unknown as Record<string, number>;
    for (const name of Object.keys(counters)) counters[name] = before[name] ?? 0;
  }
}
