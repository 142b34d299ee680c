/**
 * RainMaker's topics. Node to cloud goes by "basic ingest" as the firmware is built: straight to a rule of the cloud,
 * past every subscriber. Source: esp_rainmaker core/esp_rmaker_mqtt_topics.h, src/mqtt/esp_rmaker_mqtt.c.
 */
const RULES = {
  config: "esp_node_config",
  "params/local/init": "esp_init_params",
  otafetch: "esp_node_otafetch",
  otastatus: "esp_node_otastatus",
} as const;

export function upTopic(suffix: keyof typeof RULES, nodeId: string, isBasicIngest: boolean): string {
  const plain = `node/${nodeId}/${suffix}`;
  return isBasicIngest ? `$aws/rules/${RULES[suffix]}/${plain}` : plain;
}

/** Where a node hears of its offers. */
export function offerTopic(nodeId: string): string {
  return `node/${nodeId}/otaurl`;
}

/** Where a node hears its params set. */
export function paramsTopic(nodeId: string): string {
  return `node/${nodeId}/params/remote`;
}

/** Where the last will of the Connectivity service goes. */
export function connectivityTopic(nodeId: string): string {
  return `node/${nodeId}/params/local`;
}
