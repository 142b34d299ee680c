/** The kinds of backend that otafleet speaks with. A new one is a folder beside these and a line here. */
import type { Adapter } from "./adapter.ts";
import { httpPoll } from "./http-poll/adapter.ts";
import { rainmaker } from "./rainmaker/adapter.ts";

export const ADAPTERS: readonly Adapter[] = [rainmaker, httpPoll];

export function adapterOf(kind: string): Adapter | undefined {
  return ADAPTERS.find((adapter) => adapter.kind === kind);
}
