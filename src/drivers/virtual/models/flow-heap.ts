/** Flows of one class by the work at which each is done: a binary heap in which any flow can be found and taken out. */
export class FlowHeap {
  readonly #flows: number[] = [];
  readonly #keys: number[] = [];
  /** Place of each flow in its heap; one array for the heaps of all classes, as a flow is in one of them. */
  readonly #places: number[];

  constructor(places: number[]) {
    this.#places = places;
  }

  get size(): number {
    return this.#flows.length;
  }

  /** The least key; Infinity where it is empty. */
  get firstKey(): number {
    return this.#keys[0] ?? Infinity;
  }

  /** The flow of the least key; -1 where it is empty. */
  get first(): number {
    return this.#flows[0] ?? -1;
  }

  push(flow: number, key: number): void {
    this.#flows.push(flow);
    this.#keys.push(key);
    this.#rise(this.#flows.length - 1, flow, key);
  }

  remove(flow: number): void {
    const place = this.#places[flow] as number;
    const last = this.#flows.pop() as number;
    const lastKey = this.#keys.pop() as number;
    if (place === this.#flows.length) return;
    // What fills the hole may belong above or below it, as it comes from another branch.
    const parent = (place - 1) >> 1;
    if (place > 0 && this.#isBefore(lastKey, last, parent)) this.#rise(place, last, lastKey);
    else this.#sink(place, last, lastKey);
  }

  #isBefore(key: number, flow: number, place: number): boolean {
    const other = this.#keys[place] as number;
    return key < other || (key === other && flow < (this.#flows[place] as number));
  }

  #rise(from: number, flow: number, key: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(key, flow, parent)) break;
      this.#put(place, this.#flows[parent] as number, this.#keys[parent] as number);
      place = parent;
    }
    this.#put(place, flow, key);
  }

  #sink(from: number, flow: number, key: number): void {
    const { length } = this.#flows;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= length) break;
      if (
        child + 1 < length &&
        this.#isBefore(this.#keys[child + 1] as number, this.#flows[child + 1] as number, child)
      )
        child++;
      if (this.#isBefore(key, flow, child)) break;
      this.#put(place, this.#flows[child] as number, this.#keys[child] as number);
      place = child;
    }
    this.#put(place, flow, key);
  }

  #put(place: number, flow: number, key: number): void {
    this.#flows[place] = flow;
    this.#keys[place] = key;
    this.#places[flow] = place;
  }
}
