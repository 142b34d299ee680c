import { expect, test } from "vitest";
import { traceText } from "../../../src/report/trace-text.ts";
import { fleetCsv, fleetFile } from "../../fleet/fleet-file/reading.ts";
import { ONE_NODE, traceOf } from "./traced.ts";

/**
 * By hand: a trip takes 20 ms, so an answer comes after 40 and a connection after 80. 02:00 of Berlin is 01:00 UTC, and the
 * node comes back 5 s behind the whole minutes that it waited. An image of 64 KiB at 64 KiB/s takes a second behind its
 * first byte, which four round trips bring. The firmware reboots 10 s later, boots for 8, and asks 5 s behind its start,
 * which is over as soon as its greeting is written.
 */
const LIFE = `node 0  ota-d23284b6-00000000  cohort homes  Europe/Berlin  rainmaker-1.16  runs thermostat 1.4.2  in one, seed 3
  booted long ago, on the network for good; draws 64 KiB/s at most
  after the start  local time           what it is told; - what it does; ... what it waits for, at its local time
     00:00:00.000  2026-03-10 19:50:00  the ramp lets it connect
                                        - dials
                                        ... waits for the connection, at most until 2026-03-10 19:50:10, in 10 s
     00:00:00.000  2026-03-10 19:50:00  the connection stands
                                        - subscribes to offers
                                        ... waits for its next autofetch, 2026-03-10 20:00:00, in 10 min
     00:10:00.000  2026-03-10 20:00:00  its autofetch is due
                                        - asks for an update (message 1)
                                        ... waits for acknowledgements, and writes again 2026-03-10 20:00:01, in 1 s
     00:10:00.040  2026-03-10 20:00:00  message 1 is acknowledged
                                        ... waits for its next autofetch, 2026-03-11 20:00:00, in 24 h
     00:10:00.040  2026-03-10 20:00:00  offer 1 arrives: job spring, version 2.0.0, 64 KiB, window 02:00-04:30
                                        - may not start yet: outside window, of Europe/Berlin
                                        - reports delayed: outside window (message 2)
                                        - will ask in 6 h
                                        ... waits for its window 02:00-04:30 Europe/Berlin, which opens 2026-03-11T01:00Z; before that it waits for acknowledgements, and writes again 2026-03-10 20:00:01, in 1 s
     00:10:00.080  2026-03-10 20:00:00  message 2 is acknowledged
                                        ... waits for its window 02:00-04:30 Europe/Berlin, which opens 2026-03-11T01:00Z; asks again 2026-03-11 02:00:05, in 6 h
     06:10:05.040  2026-03-11 02:00:05  its wait is over
                                        - asks for an update (message 3)
                                        ... waits for acknowledgements, and writes again 2026-03-11 02:00:06, in 1 s
     06:10:05.080  2026-03-11 02:00:05  message 3 is acknowledged
                                        ... waits for its next autofetch, 2026-03-11 20:00:00, in 18 h
     06:10:05.080  2026-03-11 02:00:05  offer 2 arrives: job spring, version 2.0.0, 64 KiB, window 02:00-04:30
                                        - reports in-progress: attempt begins (message 4)
                                        - begins attempt 1
                                        - asks for the image of offer 2, at most 64 KiB/s
                                        ... draws the image (beginning), waits for acknowledgements, and writes again 2026-03-11 02:00:06, in 1 s
     06:10:05.120  2026-03-11 02:00:05  message 4 is acknowledged
                                        ... draws the image (beginning), waits for its next autofetch, 2026-03-11 20:00:00, in 18 h
     06:10:05.240  2026-03-11 02:00:05  the server begins to send
                                        ... draws the image (reading head), waits for its next autofetch, 2026-03-11 20:00:00, in 18 h
     06:10:05.240  2026-03-11 02:00:05  the image's head is there: thermostat 2.0.0
                                        - reports in-progress: downloading (message 5)
                                        ... draws the image (writing), waits for acknowledgements, and writes again 2026-03-11 02:00:06, in 1 s
     06:10:05.280  2026-03-11 02:00:05  message 5 is acknowledged
                                        ... draws the image (writing), waits for its next autofetch, 2026-03-11 20:00:00, in 18 h
     06:10:06.240  2026-03-11 02:00:06  the transfer ends: 64 KiB, whole
                                        - attempt ends: downloaded, 64 KiB arrived
                                        - reports in-progress: downloaded (message 6)
                                        ... reads the slot back until 2026-03-11 02:00:06, in 9.86 ms
     06:10:06.249  2026-03-11 02:00:06  the slot has been read back
                                        - will boot thermostat 2.0.0 next
                                        - reports in-progress: rebooting (message 7)
                                        - has written thermostat 2.0.0 to its other slot
                                        ... waits for acknowledgements, and writes again 2026-03-11 02:00:07, in 990 ms
     06:10:06.280  2026-03-11 02:00:06  message 6 is acknowledged
                                        ... waits for acknowledgements, and writes again 2026-03-11 02:00:07, in 970 ms
     06:10:06.289  2026-03-11 02:00:06  message 7 is acknowledged
                                        ... waits for its reboot, 2026-03-11 02:00:16, in 9.96 s
     06:10:16.249  2026-03-11 02:00:16  it reboots
                                        - resets: restart
                                        - is off: restart
                                        - has no link any more: power
                                        - drops the link
                                        ... is off, and boots 2026-03-11 02:00:24, in 8 s
     06:10:24.249  2026-03-11 02:00:24  it boots
                                        - runs thermostat 2.0.0, on trial (pending-verify)
                                        - dials
                                        ... waits for the connection, at most until 2026-03-11 02:00:34, in 10 s
     06:10:24.329  2026-03-11 02:00:24  the connection stands
                                        - marks thermostat 2.0.0 valid
                                        - reports success: verified (message 8)
                                        - will ask in 5 s
                                        - publishes its config and params
                                        ... waits for acknowledgements, and writes again 2026-03-11 02:00:25, in 1 s
     06:10:24.329  2026-03-11 02:00:24  its start is over: config and params are out
                                        - subscribes to offers
                                        - will ask in 5 s
                                        ... waits for acknowledgements, and writes again 2026-03-11 02:00:25, in 1 s
     06:10:24.369  2026-03-11 02:00:24  message 8 is acknowledged
                                        ... asks again 2026-03-11 02:00:29, in 4.96 s
     06:10:29.329  2026-03-11 02:00:29  a delayed question is due
                                        - asks for an update (message 9)
                                        ... waits for acknowledgements, and writes again 2026-03-11 02:00:30, in 1 s
     06:10:29.369  2026-03-11 02:00:29  message 9 is acknowledged
                                        ... waits for its next autofetch, 2026-03-12 02:00:24, in 24 h
     12:00:00.000  2026-03-11 07:50:00  the plan ends: 12h of fleet time passed
                                        - spring: success, ran the job's image and confirmed it; on record: success
`;

test("the trace of a node whose every trait is known has exactly the steps that one works out by hand", async () => {
  expect(traceText(await traceOf(ONE_NODE, "0"))).toBe(LIFE);
});

test("a window is waited for to its opening by the node's own clock, also in the night in which clocks change", async () => {
  const night = ["clock.start=2026-03-28T18:50:00Z", "fleet.cohorts.homes.zones=Europe/Lisbon"];

  const text = traceText(await traceOf(ONE_NODE, "0", night));

  // Lisbon's clocks jump from 01:00 to 02:00; the firmware counts plain minutes, and comes an hour late.
  expect(text).toContain(
    "waits for its window 02:00-04:30 Europe/Lisbon, which opens 2026-03-29T01:00Z; asks again 2026-03-29 03:00:05",
  );
});

test("dials that are refused one after the other are told as one, and what a node cannot ask meanwhile is told", async () => {
  const text = traceText(await traceOf(ONE_NODE, "0", ["model.outages=[{ at: 5m, for: 20m }]"]));

  // The first 10 s behind the cut, the others 10 s behind each refusal, which takes 80 ms: 28 are over by the autofetch.
  expect(text).toContain(`
     00:05:10.000  2026-03-10 19:55:10  it is time to dial again
                                        - dials
                                        ... waits for the connection, at most until 2026-03-10 19:55:20, in 10 s
     00:05:10.080  2026-03-10 19:55:10  the dial is refused
                                        ... dials again 2026-03-10 19:55:20, in 10 s
     00:09:52.320  2026-03-10 19:59:52  28 more dials, one every 10.1 s, and each is refused
                                        ... waits for its next autofetch, 2026-03-10 20:00:00, in 7.68 s
     00:10:00.000  2026-03-10 20:00:00  its autofetch is due, and there is no link
                                        - will ask in 30 s
`);
});

test("a trace ends with why a job is not done, and with what the node waits for", async () => {
  const staged = [
    "nodes=2",
    "jobs=[{ name: spring, rollout: { stages: [{ share: 50%, bake: 20h }, { share: 100% }] } }]",
  ];
  const waiting = traceText(await traceOf(ONE_NODE, "0", ["end.after=22202s"]));
  const one = traceText(await traceOf(ONE_NODE, "0", staged));
  const other = traceText(await traceOf(ONE_NODE, "1", staged));

  expect(waiting).toContain(`
     06:10:02.000  2026-03-11 02:00:02  the plan ends: 6h10m2s of fleet time passed
                                        - spring: not done, as it was told to come back later: window or validity; on record: delayed
                                        - as it stands, it waits for its window 02:00-04:30 Europe/Berlin, which opens 2026-03-11T01:00Z; asks again 2026-03-11 02:00:05, in 3.04 s
`);
  const unreleased = "- spring: not done, as no stage released it\n";
  expect([one, other].filter((text) => text.includes(unreleased))).toHaveLength(1);
  expect([one, other].filter((text) => text.includes("- spring: success, "))).toHaveLength(1);
});

test("who is gone has no life to tell; a node is found by its id of the fleet file", async () => {
  const fleet = fleetCsv([{ id: "a", lastSeen: "2020-01-01" }, { id: "b c" }]);
  const files = ONE_NODE.replace("nodes: 1\n", "").replace(
    "name: homes",
    "name: homes\n      from: fleet.csv\n      lastSeen: { gone: 90d }",
  );

  const [gone, there] = [
    traceText(await traceOf(files, "a", [], () => fleetFile(fleet))),
    traceText(await traceOf(files, "b c", [], () => fleetFile(fleet))),
  ];

  expect(gone).toContain('"a" of the fleet file');
  expect(gone).toContain("gone: it never comes online");
  expect(gone.split("\n").length).toBeLessThan(10);
  expect(gone).toContain(
    "- spring: not done, as the node was never online while the job was there; on record: triggered\n",
  );
  expect(gone).toContain("- as it stands, it is off for good\n");
  expect(there).toContain("- marks thermostat 2.0.0 valid");
});
