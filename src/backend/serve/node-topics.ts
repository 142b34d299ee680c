/**
 * What a node may publish and subscribe to. Topics are compared whole with the few that exist, so wildcards, other
 * nodes' topics, odd encodings and `$SYS` are refused without a rule of their own.
 * Source: the topics of esp_rainmaker's core and of its basic ingest rules.
 */

/** The last part of a topic that a node publishes on, and the ingest rule that takes it. */
const INGEST_RULES = {
  config: "esp_node_config",
  "params/local": "esp_set_params",
  "params/local/init": "esp_init_params",
  alert: "esp_node_alert",
  "user/mapping": "esp_user_node_mapping",
  otafetch: "esp_node_otafetch",
  otastatus: "esp_node_otastatus",
} as const;

export type UpTopic = keyof typeof INGEST_RULES;

/** AWS IoT's limit for an MQTT message; a node's longest is a config of some kilobytes. */
export const MESSAGE_BYTES_MAX = 128 * 1024;

const DOWN_TOPICS: readonly string[] = ["params/remote", "otaurl", "to-node"];
const INGEST_PREFIX = "$aws/rules/";

/** Which of the node's own topics this is, plain or by basic ingest; undefined = none, refuse it. */
export function readUpTopic(nodeId: string, topic: string): UpTopic | undefined {
  if (!topic.startsWith(INGEST_PREFIX)) return suffixOf(nodeId, topic);
  const end = topic.indexOf("/", INGEST_PREFIX.length);
  const suffix = suffixOf(nodeId, topic.slice(end + 1));
  if (end < 0 || suffix === undefined) return undefined;
  return topic.slice(INGEST_PREFIX.length, end) === INGEST_RULES[suffix] ? suffix : undefined;
}

/** Filters that bring one kind of message of all nodes, plain and by basic ingest: for a backend that is a client. */
export function fleetFilters(suffix: UpTopic): readonly string[] {
  return [`node/+/${suffix}`, `${INGEST_PREFIX}${INGEST_RULES[suffix]}/node/+/${suffix}`];
}

/** The node whose topic this claims to be; undefined = the topic is none of a node's. */
export function nodeOfTopic(topic: string): string | undefined {
  return /^(?:\$aws\/rules\/[^/]+\/)?node\/([^/]+)\//.exec(topic)?.[1];
}

/** Whether a node may subscribe to this filter, and be sent what is published on it. */
export function isOwnDownTopic(nodeId: string, topic: string): boolean {
  const prefix = `node/${nodeId}/`;
  return topic.startsWith(prefix) && DOWN_TOPICS.includes(topic.slice(prefix.length));
}

/** The Connectivity service of a node puts its last will on its plain params topic, and nothing else has a will. */
export function isOwnWillTopic(nodeId: string, topic: string): boolean {
  return topic === `node/${nodeId}/params/local`;
}

/** Where a node hears its offers. */
export function offerTopic(nodeId: string): string {
  return `node/${nodeId}/otaurl`;
}

function suffixOf(nodeId: string, topic: string): UpTopic | undefined {
  const prefix = `node/${nodeId}/`;
  if (!topic.startsWith(prefix)) return undefined;
  const suffix = topic.slice(prefix.length);
  return Object.hasOwn(INGEST_RULES, suffix) ? (suffix as UpTopic) : undefined;
}
