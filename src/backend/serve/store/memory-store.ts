import type { Store, Stored } from "./store.ts";

/** Keeps nothing beside what the rules hold in memory already: for runs, which end with their backend. */
export class MemoryStore implements Store {
  readonly isDurable = false;
  readonly failure = undefined;

  load(): Stored {
    return {
      nodes: [],
      images: [],
      jobs: [],
      targets: [],
      groups: [],
      removed: [],
      archived: { image: [], job: [] },
      settings: new Map(),
    };
  }

  putSetting(): void {}
  putNode(): void {}
  dropNode(): void {}
  putImage(): void {}
  putJob(): void {}
  putJobState(): void {}
  putTarget(): void {}
  putArchived(): void {}
  putGroup(): void {}
  dropGroup(): void {}
  putMember(): void {}
  dropMember(): void {}

  settled(): undefined {
    return undefined;
  }

  async close(): Promise<void> {}
}
