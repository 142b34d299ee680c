/** A running backend for tests, reached as an operator and a node would reach it. */
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as tlsRequest } from "node:https";
import { connect as mqttConnect } from "mqtt";
import type { IClientOptions, MqttClient } from "mqtt";
import type { HttpPort, OperatorHalf } from "../../src/adapters/adapter.ts";
import { RainmakerOperator } from "../../src/adapters/rainmaker/operator.ts";
import { Backend } from "../../src/backend/serve/backend.ts";
import type { ServeAddress, ServeConfig } from "../../src/backend/serve/messages.ts";
import { jobFor, nodeNamed } from "../adapters/plans.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface Embedded {
  readonly backend: Backend;
  readonly address: ServeAddress;
  readonly operator: OperatorHalf;
  stop(): Promise<void>;
}

export async function embedded(config: ServeConfig = {}): Promise<Embedded> {
  const { backend, address } = await Backend.start(config);
  return { backend, address, operator: operatorOf(address), stop: () => backend.stop() };
}

export function operatorOf(address: ServeAddress): OperatorHalf {
  return new RainmakerOperator({ baseUrl: address.apiUrl, token: address.operatorToken, settings: {} }, httpPort);
}

export const httpPort: HttpPort = ({ method, url, headers, body }) => http(url, { method, headers, body });

export function http(
  url: string,
  options: {
    method?: string;
    headers?: Readonly<Record<string, string>>;
    body?: Uint8Array | string | undefined;
    ca?: string;
  } = {},
): Promise<Reply> {
  const { method = "GET", headers = {}, body, ca } = options;
  const send = url.startsWith("https:") ? tlsRequest : request;
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      { method, headers, agent: false, ...(ca === undefined ? {} : { ca }) },
      (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string | undefined>,
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A node's MQTT link through mqtt.js; resolves once it is connected, rejects once it is refused. */
export function link(
  address: Pick<ServeAddress, "mqttPort" | "mqttsPort">,
  id: string,
  secret: string,
  options: IClientOptions = {},
): Promise<NodeLink> {
  const url =
    options.ca === undefined ? `mqtt://127.0.0.1:${address.mqttPort}` : `mqtts://127.0.0.1:${address.mqttsPort}`;
  const client = mqttConnect(url, {
    clientId: id,
    username: id,
    password: secret,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ...options,
  });
  return new Promise((resolve, reject) => {
    client.once("connect", () => resolve(new NodeLink(client, id)));
    client.on("error", (error) => {
      reject(error);
      client.end(true);
    });
  });
}

export class NodeLink {
  readonly client: MqttClient;
  readonly id: string;
  readonly heard: Record<string, unknown>[] = [];
  readonly #waiting: ((offer: Record<string, unknown>) => void)[] = [];

  constructor(client: MqttClient, id: string) {
    this.client = client;
    this.id = id;
    client.on("message", (_topic, payload) => {
      const offer = JSON.parse(payload.toString()) as Record<string, unknown>;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.heard.push(offer);
      else waiting(offer);
    });
  }

  async subscribe(topic = `node/${this.id}/otaurl`): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.client.subscribe(topic, { qos: 1 }, (_error, _granted, packet) => {
        const [code] = (packet as { granted?: number[] } | undefined)?.granted ?? [];
        resolve(code);
      });
    });
  }

  /** Resolves with the acknowledgement. */
  async publish(topic: string, fields: unknown, options: { retain?: boolean } = {}): Promise<void> {
    const text = typeof fields === "string" ? fields : JSON.stringify(fields);
    await this.client.publishAsync(topic, text, { qos: 1, ...options });
  }

  fetch(version = "1.0.0"): Promise<void> {
    return this.publish(`node/${this.id}/otafetch`, { node_id: this.id, fw_version: version });
  }

  status(jobId: unknown, status: string, text = ""): Promise<void> {
    return this.publish(`node/${this.id}/otastatus`, {
      ota_job_id: jobId,
      status,
      additional_info: text,
      ts: 1_800_000_000,
    });
  }

  offer(): Promise<Record<string, unknown>> {
    const heard = this.heard.shift();
    if (heard !== undefined) return Promise.resolve(heard);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Whether the backend closes the link, as it does on anything that a node may not do. */
  isClosed(): Promise<boolean> {
    if (this.client.disconnected && !this.client.connected) return Promise.resolve(true);
    return new Promise((resolve) => this.client.once("close", () => resolve(true)));
  }

  end(): void {
    this.client.end(true);
  }
}

/** Two enrolled nodes, an image and a job for both. */
export async function rollout(
  running: Embedded,
  bytes = new Uint8Array(100_000).fill(7),
  nodes = ["node-a", "node-b"],
) {
  const secrets = await running.operator.enrol(nodes.map((id) => nodeNamed(id)));
  const imageId = await running.operator.upload({ name: "thermostat", version: "2.0.0", project: "thermostat", bytes });
  const plan = jobFor(nodes, { imageId });
  const jobId = await running.operator.createJob(plan);
  return { nodes, secrets, imageId, jobId, plan };
}
