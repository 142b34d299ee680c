// The plain way: an object for each actor, an object for each event, a binary heap, and a generator for the draws. Its
// actors live less than our nodes do: they only count and set their next time, so it is a floor for this design.
class Heap {
  items = [];

  push(item) {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent].atUs <= item.atUs) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  pop() {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1].atUs < items[child].atUs) child++;
      if (items[child].atUs >= last.atUs) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return top;
  }
}

class Actor {
  link = { isUp: true, isConnected: false, spells: 0, changesAtUs: Infinity, dialAtUs: Infinity };
  agent = { retries: 0, fetchAtUs: Infinity, ackBeforeUs: Infinity, autofetchAtUs: Infinity };
  update = { step: "idle", attempt: 0, gotBytes: 0, rebootAtUs: Infinity, verdictAtUs: Infinity };
  flash = {
    slots: [
      { image: 1, bytes: 0 },
      { image: 0, bytes: 0 },
    ],
    states: ["valid", "undefined"],
  };
  outbox = [];

  constructor(index) {
    this.index = index;
  }

  handle(event, heap) {
    const { link, agent } = this;
    if (event.kind === "autofetch") {
      agent.retries++;
      this.outbox.push({ kind: "fetch", madeAtUs: event.atUs });
      agent.ackBeforeUs = event.atUs + 6e7;
      heap.push({ atUs: event.atUs + 80_000, actor: this, kind: "acknowledged" });
    } else {
      this.outbox.shift();
      link.spells++;
      agent.ackBeforeUs = Infinity;
      heap.push({ atUs: event.atUs + Math.random() * 2e10, actor: this, kind: "autofetch" });
    }
  }
}

/** Nanoseconds an event. */
export function actorsOnHeap(actors, events) {
  serve(Math.min(actors, 5_000), 100_000);
  return serve(actors, events);
}

function serve(actors, events) {
  const heap = new Heap();
  for (let index = 0; index < actors; index++) {
    heap.push({ atUs: Math.random() * 2e10, actor: new Actor(index), kind: "autofetch" });
  }
  const cpu = process.cpuUsage();
  for (let served = 0; served < events; served++) {
    const event = heap.pop();
    event.actor.handle(event, heap);
  }
  const { user, system } = process.cpuUsage(cpu);
  return ((user + system) * 1_000) / events;
}

/** Take the earliest and set it anew, in nanoseconds. */
export function heapOfObjects(slots, rounds) {
  const heap = new Heap();
  for (let slot = 0; slot < slots; slot++) heap.push({ atUs: Math.random() * 1e9, slot });
  return timed(rounds, () => {
    const { atUs, slot } = heap.pop();
    heap.push({ atUs: atUs + Math.random() * 1e9, slot });
  });
}

/** Nanoseconds of one call, the least of three series. */
export function timed(rounds, once) {
  let least = Infinity;
  for (let series = 0; series < 3; series++) {
    const cpu = process.cpuUsage();
    for (let round = 0; round < rounds; round++) once(round);
    const { user, system } = process.cpuUsage(cpu);
    least = Math.min(least, ((user + system) * 1_000) / rounds);
  }
  return least;
}
