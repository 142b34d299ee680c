/**
 * The contract of a kind of backend. The node half turns typed wishes into that backend's wire messages and its
 * messages into typed answers; the operator half does what a person does in the backend's console.
 * Neither owns a socket, a timer or a retry: bytes are carried by the live driver and by the engine.
 */
import type { Belief } from "../base/belief.ts";
import type { Generation } from "../node/generation.ts";
import type { Offer } from "../node/offer.ts";
import type { OutboxEntry } from "../node/report.ts";

/** Who a node is on the wire. */
export interface NodeIdentity {
  readonly id: string;
  /** Password, token or key as the backend gave it at enrolment. */
  readonly secret: string;
  readonly project: string;
  /** What the running image says; changes with the update. */
  readonly version: string;
  readonly name: string;
  /** Id of the network that several nodes share (a Thread partition), if any. */
  readonly networkId: string | undefined;
  /** Node type and model of RainMaker's node config; undefined = the project, as the firmware has it. */
  readonly type?: string | undefined;
  readonly model?: string | undefined;
}

export interface MqttMessage {
  readonly via: "mqtt";
  readonly topic: string;
  readonly payload: Uint8Array | string;
}

export interface HttpRequest {
  readonly via: "http";
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | undefined;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** What a message from the backend means to a node. */
export type Heard =
  | { readonly kind: "offer"; readonly offer: Offer }
  | { readonly kind: "acknowledged" }
  | { readonly kind: "nothing offered" }
  | { readonly kind: "failed"; readonly cause: string }
  /** Not for this node, or of no kind that it knows. */
  | { readonly kind: "ignored"; readonly cause: string };

/** How the answer to an image request begins. */
export type ImageHead =
  | { readonly kind: "begun"; readonly fromBytes: number; readonly lengthBytes: number | undefined }
  | { readonly kind: "range refused" }
  | { readonly kind: "failed"; readonly err: string; readonly errno: number };

export interface MqttConnectOptions {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly keepAliveSeconds: number;
  readonly will: { readonly topic: string; readonly payload: string } | undefined;
}

/** The node's side. Pure: equal arguments give equal bytes. */
export interface NodeHalf {
  /** `mqtt`: one link for all. `none`: plain HTTP, "connected" while the network is up, an HTTP status is the acknowledgement. */
  readonly link: "mqtt" | "none";
  /** Only where the link is mqtt. */
  connect(who: NodeIdentity): MqttConnectOptions;
  /** Filters to subscribe to, for offers. */
  offerTopics(who: NodeIdentity): readonly string[];
  /** Filters that a node subscribes to at its start, before its offers. */
  greetingTopics(who: NodeIdentity): readonly string[];
  /** What a node says of itself once after each boot. */
  greeting(who: NodeIdentity): readonly (MqttMessage | HttpRequest)[];
  /** A fetch or a report. `jobId` is the text behind `entry.job`; undefined = the node has none. */
  encode(who: NodeIdentity, entry: OutboxEntry, jobId: string | undefined): MqttMessage | HttpRequest;
  /** A publish that reached the node. Never throws, whatever the bytes. */
  hear(who: NodeIdentity, topic: string, payload: Uint8Array): Heard;
  /** The answer to an `HttpRequest` of `encode`. Never throws. */
  hearReply(who: NodeIdentity, entry: OutboxEntry, reply: HttpReply): Heard;
  /** `isRanged` without bytes behind: `bytes=0-`. */
  imageRequest(url: string, fromBytes: number, isRanged: boolean): HttpRequest;
  imageHead(reply: Omit<HttpReply, "body">, fromBytes: number, isRanged: boolean): ImageHead;
}

/** What a backend of this kind can do; a scenario that needs more is refused before anything is sent. */
export interface Capabilities {
  readonly forcePush: boolean;
  readonly window: boolean;
  readonly validity: boolean;
  readonly userApproval: boolean;
  readonly cancel: boolean;
  readonly priority: boolean;
  readonly beliefs: boolean;
  /** Named groups with sub-groups, and jobs for them. */
  readonly groups: boolean;
  /** Jobs that take in every node that comes to match. */
  readonly dynamicTargets: boolean;
  /** A job that expires by itself. */
  readonly timeout: boolean;
}

/** Enough HTTP for an operator; the engine brings it. It neither follows redirects nor retries. */
export type HttpPort = (request: Omit<HttpRequest, "via">) => Promise<HttpReply>;

export interface EnrolNode {
  readonly id: string;
  readonly project: string;
  readonly version: string;
  /** Node type of RainMaker's node config. */
  readonly type: string;
  readonly model: string;
}

export type JobTargets =
  | { readonly kind: "nodes"; readonly ids: readonly string[] }
  /** As `createGroup` answered them; the backend includes their sub-groups. */
  | { readonly kind: "groups"; readonly ids: readonly string[] }
  /** All that is given must match what a node says of itself; the backend decides, as long as the job lives. */
  | {
      readonly kind: "dynamic";
      readonly type?: string | undefined;
      readonly model?: string | undefined;
      readonly version?: string | undefined;
    };

export interface GroupPlan {
  readonly name: string;
  readonly nodeIds: readonly string[];
  /** The group that this one is a part of, as `createGroup` answered it. */
  readonly parentId: string | undefined;
}

/** `over before`: each target was done with the job, its timeout had passed, or it was cancelled already. */
export type Cancellation = "cancelled" | "over before";

/** `offline`: the backend wants the node online. `nothing to approve`: not its job, over, or approved before. */
export type Approval = "approved" | "offline" | "nothing to approve";

export interface JobPlan {
  readonly name: string;
  readonly imageId: string;
  readonly targets: JobTargets;
  readonly trigger: "default" | "force-push" | "user-approved";
  readonly window: { readonly startMinute: number; readonly endMinute: number } | undefined;
  readonly validity: { readonly startSeconds: number | undefined; readonly endSeconds: number | undefined } | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** 1 is served first, 10 last; undefined = 5. */
  readonly priority: number | undefined;
  /** How long after its creation the job expires; undefined = never. */
  readonly timeoutSeconds: number | undefined;
}

/** The operator's side: what a person would do in the console. Errors are thrown with the backend's own words. */
export interface OperatorHalf {
  /** Makes nodes known to the backend; answers their secrets, in the order of `nodes`. */
  enrol(nodes: readonly EnrolNode[]): Promise<readonly string[]>;
  /** Removes all nodes whose ids begin so, at the end of a run. A backend that cannot do that keeps them. */
  removeNodes(prefix: string): Promise<void>;
  upload(image: {
    readonly name: string;
    readonly version: string;
    readonly project: string;
    readonly bytes: Uint8Array;
  }): Promise<string>;
  /** Makes a group of enrolled nodes; answers its id. */
  createGroup(group: GroupPlan): Promise<string>;
  /** Takes a group away; its sub-groups must have gone before. */
  removeGroup(groupId: string): Promise<void>;
  createJob(plan: JobPlan): Promise<string>;
  /** Approves a user-approved job for a node, as its end user would. */
  approve(jobId: string, nodeId: string): Promise<Approval>;
  /** Ends a job of this backend. One that was over by then is no refusal; any other no is thrown. */
  cancelJob(jobId: string): Promise<Cancellation>;
  /** Puts jobs that are over, and images, out of the backend's lists. Undefined = it has no archive. */
  archive?(jobIds: readonly string[], imageIds: readonly string[]): Promise<void>;
  /** What the backend has on record for each node of the job: node id -> belief. */
  beliefs(jobId: string): Promise<ReadonlyMap<string, { readonly belief: Belief; readonly info: string }>>;
  /** The backend's own counters, where it shows them: for the laws. undefined = not shown. */
  counters(): Promise<Readonly<Record<string, number>> | undefined>;
}

export interface Adapter {
  readonly kind: string;
  /** What its nodes are connected by; see `NodeHalf.link`. */
  readonly link: "mqtt" | "none";
  readonly can: Capabilities;
  /** The default first. */
  readonly generations: Readonly<Record<string, Generation>>;
  readonly defaultGeneration: string;
  node(options: AdapterNodeOptions): NodeHalf;
  operator(options: AdapterOperatorOptions, http: HttpPort): OperatorHalf;
}

export interface AdapterNodeOptions {
  /** Base URL for a backend without MQTT; "" else. */
  readonly baseUrl: string;
  readonly generation: Generation;
  /** Adapter-specific switches from the scenario's `backend:` block. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface AdapterOperatorOptions {
  readonly baseUrl: string;
  readonly token: string;
  readonly settings: Readonly<Record<string, unknown>>;
}
