/** Max-min fair sharing without any cleverness: all rates are filled anew between any two changes. */

/** What happens to a link: each step so long after the one before. */
export interface FluidCase {
  readonly capacity: number;
  readonly steps: readonly (
    | { readonly kind: "join"; readonly gapUs: number; readonly ofClass: number; readonly bytes: number }
    | { readonly kind: "leave"; readonly gapUs: number; readonly which: number }
    | { readonly kind: "capacity"; readonly gapUs: number; readonly capacity: number }
  )[];
}

interface Flow {
  readonly cap: number;
  readonly bytes: number;
  how: "done" | "left" | "open";
  atUs: number;
  gotBytes: number;
}

/** How each flow ends, in the order of joining. */
export function fluidEnds(
  given: FluidCase,
  caps: readonly number[],
): readonly Pick<Flow, "how" | "atUs" | "gotBytes">[] {
  const flows: Flow[] = [];
  let { capacity } = given;
  let nowUs = 0;
  const isOpen = ({ how }: Flow): boolean => how === "open";
  const advance = (untilUs: number): void => {
    for (;;) {
      const open = flows.filter(isOpen);
      const rates = filled(open, capacity);
      const endsUs = open.map((flow, at) => {
        const rate = rates[at] as number;
        return rate > 0 ? nowUs + ((flow.bytes - flow.gotBytes) / rate) * 1e6 : Infinity;
      });
      const firstUs = Math.min(Infinity, ...endsUs);
      const stopUs = Math.min(firstUs, untilUs);
      if (stopUs === Infinity) return;
      open.forEach((flow, at) => (flow.gotBytes += ((rates[at] as number) * (stopUs - nowUs)) / 1e6));
      nowUs = stopUs;
      if (firstUs > untilUs) return;
      const flow = open[endsUs.indexOf(firstUs)] as Flow;
      Object.assign(flow, { how: "done", atUs: firstUs, gotBytes: flow.bytes });
    }
  };
  for (const step of given.steps) {
    advance(nowUs + step.gapUs);
    if (step.kind === "join")
      flows.push({ cap: caps[step.ofClass] as number, bytes: step.bytes, how: "open", atUs: 0, gotBytes: 0 });
    else if (step.kind === "capacity") capacity = step.capacity;
    else {
      const open = flows.filter(isOpen);
      const flow = open[step.which % Math.max(1, open.length)];
      if (flow !== undefined) Object.assign(flow, { how: "left", atUs: nowUs });
    }
  }
  advance(Infinity);
  return flows.map(({ how, atUs, gotBytes }) =>
    how === "open" ? { how, atUs: 0, gotBytes: 0 } : { how, atUs, gotBytes },
  );
}

/** Everybody gets the same until a cap or the capacity stops it; who is stopped by its cap leaves its share to the others. */
function filled(flows: readonly Flow[], capacity: number): number[] {
  const rates = flows.map(() => 0);
  let left = capacity;
  let growing = flows.map((_, at) => at);
  while (growing.length > 0 && left > 1e-12) {
    const room = Math.min(...growing.map((at) => (flows[at] as Flow).cap - (rates[at] as number)));
    const more = Math.min(room, left / growing.length);
    for (const at of growing) rates[at] = (rates[at] as number) + more;
    left -= more * growing.length;
    growing = growing.filter((at) => (flows[at] as Flow).cap - (rates[at] as number) > 1e-12);
  }
  return rates;
}
