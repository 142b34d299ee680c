import { expect, test } from "vitest";
import { mistakesIn, scenarioText } from "./reading.ts";

interface Bad {
  readonly title: string;
  readonly text: string;
  /** `line:column field seen`, then after a bar a part of what is said to be right. Exactly these, in this order. */
  readonly mistakes: readonly string[];
}

const aliases = Array.from({ length: 51 }, () => "*a").join(", ");

const BAD: readonly Bad[] = [
  // form and sense at once
  {
    title: "an unknown key, a unit that is missing, a name that stands twice and a cohort that nobody knows",
    text: `name: many
clock: { start: 2026-03-10T20:15:00Z, sped: 60 }
fleet:
  cohorts:
    - { name: homes, nodes: 50%, autofetch: { every: 4 } }
    - { name: homes, nodes: 40%, like: hoems }
jobs: [{ name: j, targets: { cohorts: [hotels] } }]
end: { after: 6h }
thresholds: { completon: ["p(90)<5h"] }
`,
    mistakes: [
      "2:39 clock.sped is an unknown key | speed",
      "5:5 fleet.cohorts has shares that sum to 90% | must sum to 100%",
      "5:54 fleet.cohorts[0].autofetch.every is 4 | duration of at least",
      '6:15 fleet.cohorts[1].name is "homes" | unique',
      '6:40 fleet.cohorts[1].like is "hoems" | another cohort',
      '7:40 jobs[0].targets.cohorts[0] is "hotels" | homes',
      '9:15 thresholds.completon is "completon" | did you mean completion? must be',
    ],
  },
  {
    title: "a share that is wrong, without a word about the sum that it spoils",
    text: `name: many
clock: { start: 2026-03-10T20:15:00Z }
fleet: { cohorts: [{ name: a, nodes: 50 percent }, { name: b, nodes: 40% }] }
jobs: [{ name: j, targets: { cohorts: [hotels] } }]
end: { after: 6h }
`,
    mistakes: [
      '3:38 fleet.cohorts[0].nodes is "50 percent" | share from',
      '4:40 jobs[0].targets.cohorts[0] is "hotels" | a',
    ],
  },
  // the text as such
  { title: "an empty file", text: "", mistakes: ["s.yaml is empty | it begins with name"] },
  { title: "a file of comments", text: "# nothing\n", mistakes: ["s.yaml is empty | it begins with name"] },
  { title: "a list", text: "- a\n- b\n", mistakes: ["1:1 is no mapping | made of keys"] },
  { title: "NUL characters", text: "name: a\0b\n", mistakes: ["s.yaml holds a NUL character | UTF-16"] },
  { title: "bytes that are no UTF-8", text: "name: caf\uFFFD\n", mistakes: ["s.yaml is not UTF-8 throughout | UTF-8"] },
  {
    title: "more than a megabyte",
    text: `name: ${"x".repeat(1_000_000)}`,
    mistakes: ["s.yaml has 1000006 characters | at most 1000000"],
  },
  {
    title: "a tab as indentation",
    text: "clock:\n\tstart: x\n",
    mistakes: ["2:1 Tabs are not allowed as indentation | spaces"],
  },
  {
    title: "a bracket that is never closed",
    text: "name: [x\nclock: 1\n",
    mistakes: ["2:1 Flow sequence in block collection must be sufficiently indented and end with a ] | well-formed"],
  },
  {
    title: "a key that stands there twice",
    text: scenarioText({ more: "name: again" }),
    mistakes: ["7:1 the same key stands here a second time | keep one"],
  },
  {
    title: "two documents",
    text: scenarioText({ more: "---\nname: other" }),
    mistakes: ["7:1 a second document begins | one scenario"],
  },
  {
    title: "YAML 1.1",
    text: `%YAML 1.1\n---\n${scenarioText()}`,
    mistakes: ["1:1 begins with a directive (%) | YAML 1.2"],
  },
  {
    title: "a tag that runs code elsewhere",
    text: scenarioText({ more: "about: !!js/function 'x'" }),
    mistakes: ["7:8 Unresolved tag: tag:yaml.org,2002:js/function | no tags"],
  },
  {
    title: "a tag of its own",
    text: scenarioText({ more: "about: !foo x" }),
    mistakes: ["7:8 Unresolved tag: !foo | no tags"],
  },
  {
    title: "a tag of YAML",
    text: scenarioText({ more: "about: !!str 5" }),
    mistakes: ["7:14 carries the tag tag:yaml.org,2002:str | no tags"],
  },
  {
    title: "too many aliases",
    text: `a: &a x\nb: [${aliases}]\n`,
    mistakes: ["s.yaml uses 51 aliases (*name) | at most 50"],
  },
  {
    title: "a bomb of few aliases",
    text: "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]\n",
    mistakes: ["s.yaml uses aliases (*name) that cannot be expanded | write the values out"],
  },
  {
    title: "an alias without an anchor",
    text: scenarioText({ more: "about: *nowhere" }),
    mistakes: ["7:8 *nowhere stands for nothing | the value itself"],
  },
  {
    title: "brackets 20,000 deep",
    text: `a: ${"[".repeat(20_000)}`,
    mistakes: ["s.yaml nests too many brackets | at most 32"],
  },
  {
    title: "blocks 500 deep",
    text: `a:\n  ${"- ".repeat(500)}1\n`,
    mistakes: ["s.yaml nests too many blocks | at most 32"],
  },
  {
    title: "a block with thousands of keys",
    text: Array.from({ length: 2_001 }, (_, index) => `k${index}: 1`).join("\n"),
    mistakes: ["s.yaml has a block of 2001 entries | at most 2000"],
  },
  {
    title: "a merge key",
    text: scenarioText({ more: "<<: { a: 1 }" }),
    mistakes: ["7:1 << is an unknown key | like: NAME"],
  },
  {
    title: "__proto__ as a key",
    text: scenarioText({ more: "__proto__: { nodes: 5 }" }),
    mistakes: ["7:1 __proto__ is an unknown key | no block"],
  },
  {
    title: "constructor as a key deep inside",
    text: scenarioText({ job: "name: spring, metadata: { a: { constructor: 1 } }" }),
    mistakes: ["5:41 constructor is an unknown key | no block"],
  },
  {
    title: "toString as a key",
    text: scenarioText({ more: "toString: 1" }),
    mistakes: ["7:1 toString is an unknown key | known here are name, about"],
  },
  // numbers
  {
    title: "nodes that are no number",
    text: scenarioText({ more: "nodes: .nan" }),
    mistakes: ["7:8 nodes is .nan | from 1 to 10000000"],
  },
  {
    title: "nodes without end",
    text: scenarioText({ more: "nodes: .inf" }),
    mistakes: ["7:8 nodes is .inf | from 1 to 10000000"],
  },
  {
    title: "nodes below none",
    text: scenarioText({ more: "nodes: -1" }),
    mistakes: ["7:8 nodes is -1 | from 1 to 10000000"],
  },
  {
    title: "minus zero",
    text: scenarioText({ more: "seed: -0" }),
    mistakes: ["7:7 the number -0 | plain decimal digits"],
  },
  {
    title: "a billion nodes",
    text: scenarioText({ more: "nodes: 1000000000" }),
    mistakes: ["7:8 nodes is 1000000000 | from 1 to 10000000"],
  },
  {
    title: "a hexadecimal number",
    text: scenarioText({ more: "nodes: 0x1F" }),
    mistakes: ["7:8 the number 0x1F | plain decimal digits"],
  },
  {
    title: "an exponent",
    text: scenarioText({ more: "nodes: 1e3" }),
    mistakes: ["7:8 the number 1e3 | plain decimal digits"],
  },
  {
    title: "a leading zero",
    text: scenarioText({ more: "nodes: 010" }),
    mistakes: ["7:8 the number 010 | plain decimal digits"],
  },
  {
    title: "digits with underscores",
    text: scenarioText({ more: "nodes: 1_000" }),
    mistakes: ['7:8 nodes is "1_000" | whole number'],
  },
  {
    title: "a number in quotes",
    text: scenarioText({ more: 'nodes: "10"' }),
    mistakes: ['7:8 nodes is "10" | without quotes'],
  },
  {
    title: "a seed beyond the exact numbers",
    text: scenarioText({ more: "seed: 12345678901234567890" }),
    mistakes: ["7:7 seed is 12345678901234567890 | 999999999999999"],
  },
  // keys
  {
    title: "a key with a slip of the pen",
    text: scenarioText({ more: "thresholdss: {}" }),
    mistakes: ["7:1 thresholdss is an unknown key | did you mean thresholds?"],
  },
  {
    title: "a missing name",
    text: scenarioText().replace("name: small\n", ""),
    mistakes: ["1:1 name is missing | must be a name"],
  },
  {
    title: "an empty value",
    text: scenarioText({ more: "about:" }),
    mistakes: ["7:7 about is empty | what it is about"],
  },
  {
    title: "a missing start",
    text: scenarioText({ clock: "{ speed: 60 }" }),
    mistakes: ["2:8 clock.start is missing | an instant"],
  },
  {
    title: "no end",
    text: scenarioText({ end: "{ when: settled }" }),
    mistakes: ['6:6 end.after is missing | such as "72h"'],
  },
  {
    title: "twenty-one jobs",
    text: scenarioText({ job: Array.from({ length: 21 }, (_, job) => `name: job-${job}`).join(" }, { ") }),
    mistakes: ["5:7 jobs is a list | must be at most 20 jobs"],
  },
  {
    title: "no job",
    text: scenarioText().replace(/jobs: .*/, "jobs: []"),
    mistakes: ["5:7 jobs is a list | must have at least one job"],
  },
  {
    title: "many mistakes at once",
    text: scenarioText({
      clock: "{ start: now, speed: fast }",
      cohort: "name: a b, zones: Berlin, like: 3",
      job: "window: 2:30",
    }),
    mistakes: [
      '2:17 clock.start is "now" | an instant',
      '2:29 clock.speed is "fast" | above 0',
      '4:21 fleet.cohorts[0].name is "a b" | letters, digits',
      '4:33 fleet.cohorts[0].zones is "Berlin" | did you mean Europe/Berlin?',
      "4:47 fleet.cohorts[0].like is 3 | must be a name",
      "5:8 jobs[0].name is missing | must be a name",
      '5:18 jobs[0].window is "2:30" | 02:00-04:30',
    ],
  },
  // time
  {
    title: "an instant without an offset",
    text: scenarioText({ clock: "{ start: 2026-03-10T12:00:00 }" }),
    mistakes: ['2:17 clock.start is "2026-03-10T12:00:00" | with its offset'],
  },
  {
    title: "the 31st of April",
    text: scenarioText({ clock: "{ start: 2026-04-31T12:00:00Z }" }),
    mistakes: ['2:17 clock.start is "2026-04-31T12:00:00Z" | an instant'],
  },
  {
    title: "a speed of nothing",
    text: scenarioText({ clock: "{ start: 2026-03-10T12:00:00Z, speed: 0 }" }),
    mistakes: ["2:46 clock.speed is 0 | above 0"],
  },
  {
    title: "a duration without a unit",
    text: scenarioText({ end: "{ after: 72 }" }),
    mistakes: ['6:15 end.after is 72 | such as "72h"'],
  },
  {
    title: "an end at once",
    text: scenarioText({ end: "{ after: 0s }" }),
    mistakes: ['6:15 end.after is "0s" | at least "1s"'],
  },
  {
    title: "a window of one minute",
    text: scenarioText({ job: "name: a, window: 02:00-02:00" }),
    mistakes: ['5:27 jobs[0].window is "02:00-02:00" | two different times'],
  },
  {
    title: "a window until 24:00",
    text: scenarioText({ job: "name: a, window: 22:00-24:00" }),
    mistakes: ['5:27 jobs[0].window is "22:00-24:00" | 23:59'],
  },
  {
    title: "a window without an end",
    text: scenarioText({ job: 'name: a, window: "02:00-"' }),
    mistakes: ['5:27 jobs[0].window is "02:00-" | hours of the local day'],
  },
  {
    title: "a validity that ends before it begins",
    text: scenarioText({ job: "name: a, validity: { from: 2026-03-12T00:00:00Z, until: 2026-03-11T00:00:00Z }" }),
    mistakes: ['5:66 jobs[0].validity.until is "2026-03-11T00:00:00Z" | later than from'],
  },
  {
    title: "a validity that is over",
    text: scenarioText({ job: "name: a, validity: { until: 2026-03-10T12:00:00Z }" }),
    mistakes: ['5:38 jobs[0].validity.until is "2026-03-10T12:00:00Z" | later than clock.start'],
  },
  {
    title: "a validity that begins after the end",
    text: scenarioText({ job: "name: a, validity: { from: 2026-03-20T00:00:00Z }" }),
    mistakes: [
      '5:37 jobs[0].validity.from is "2026-03-20T00:00:00Z" | earlier than the end of the run, 2026-03-13T12:00:00Z',
    ],
  },
  {
    title: "a window that never comes",
    text: scenarioText({
      job: "name: a, window: 02:00-04:30",
      end: "{ after: 4h }",
      cohort: "name: a, zones: Europe/Berlin, autofetch: { every: 1h }",
    }),
    mistakes: ["5:27 jobs[0].window opens for nobody: the window 02:00-04:30 never comes | within 4h"],
  },
  // nodes
  {
    title: "a zone by its offset",
    text: scenarioText({ cohort: "name: a, zones: UTC+5" }),
    mistakes: ['4:31 fleet.cohorts[0].zones is "UTC+5" | did you mean Etc/GMT-5?'],
  },
  {
    title: "a zone of another planet",
    text: scenarioText({ cohort: "name: a, zones: { Mars/Phobos: 1 }" }),
    mistakes: ["4:33 fleet.cohorts[0].zones.Mars/Phobos is no time zone | IANA"],
  },
  {
    title: "a zone without a name",
    text: scenarioText({ cohort: 'name: a, zones: ""' }),
    mistakes: ['4:31 fleet.cohorts[0].zones is "" | IANA'],
  },
  {
    title: "a weight of nothing",
    text: scenarioText({ cohort: "name: a, zones: { Europe/Berlin: 0 }" }),
    mistakes: ["4:48 fleet.cohorts[0].zones.Europe/Berlin is 0 | above 0"],
  },
  {
    title: "no zone at all",
    text: scenarioText({ cohort: "name: a, zones: {}" }),
    mistakes: ["4:31 fleet.cohorts[0].zones is a mapping | at least one"],
  },
  {
    title: "shares that do not sum to 100%",
    text: scenarioText({ cohort: "name: a, nodes: 50% }, { name: b, nodes: 30%" }),
    mistakes: ["4:12 fleet.cohorts has shares that sum to 80% | 100%"],
  },
  {
    title: "more nodes counted than there are",
    text: scenarioText({ cohort: "name: a, nodes: 50 }, { name: b", more: "nodes: 20" }),
    mistakes: ["7:8 nodes is 20 | at least 50"],
  },
  {
    title: "a total that differs from all counts",
    text: scenarioText({ cohort: "name: a, nodes: 50", more: "nodes: 60" }),
    mistakes: ["7:8 nodes is 60 | must be 50, the sum of all cohorts"],
  },
  {
    title: "no node",
    text: scenarioText({ cohort: "name: a, nodes: 0" }),
    mistakes: ["4:12 fleet.cohorts has no nodes at all | at least one"],
  },
  {
    title: "a share above all",
    text: scenarioText({ cohort: "name: a, nodes: 120%" }),
    mistakes: ['4:31 fleet.cohorts[0].nodes is "120%" | a share from "0%"'],
  },
  {
    title: "two cohorts of one name",
    text: scenarioText({ cohort: "name: a, nodes: 50% }, { name: a, nodes: 50%" }),
    mistakes: ['4:46 fleet.cohorts[1].name is "a" | unique'],
  },
  {
    title: "a cohort like nobody",
    text: scenarioText({ cohort: "name: homes, nodes: 50% }, { name: b, nodes: 50%, like: home" }),
    mistakes: ['4:71 fleet.cohorts[1].like is "home" | did you mean homes?'],
  },
  {
    title: "cohorts like each other",
    text: scenarioText({ cohort: "name: a, nodes: 50%, like: b }, { name: b, nodes: 50%, like: a" }),
    mistakes: ['4:76 fleet.cohorts[1].like is "a" | must not lead back'],
  },
  {
    title: "an unknown fault",
    text: scenarioText({ cohort: "name: a, faults: { boot-lop: 3% }" }),
    mistakes: ["4:34 fleet.cohorts[0].faults.boot-lop is an unknown key | did you mean boot-loop?"],
  },
  {
    title: "a share of nodes without %",
    text: scenarioText({ cohort: "name: a, faults: { boot-loop: 3 }" }),
    mistakes: ["4:45 fleet.cohorts[0].faults.boot-loop is 3 | a share"],
  },
  {
    title: "faults of more nodes than there are",
    text: scenarioText({ cohort: "name: a, faults: { boot-loop: 60%, slow-flash: 50% }" }),
    mistakes: ["4:32 fleet.cohorts[0].faults is a mapping | shares must sum to at most 100%: no node has two faults"],
  },
  {
    title: "a generation that nobody has",
    text: scenarioText({ cohort: "name: a, runs: { generation: rainmaker-1.17 }" }),
    mistakes: ['4:44 fleet.cohorts[0].runs.generation names "rainmaker-1.17" | did you mean rainmaker-1.16?'],
  },
  {
    title: "a chip that nobody makes",
    text: scenarioText({ cohort: "name: a, runs: { chip: esp32c4 }" }),
    mistakes: ['4:38 fleet.cohorts[0].runs.chip is "esp32c4" | did you mean esp32c'],
  },
  {
    title: "a speed in bits",
    text: scenarioText({ cohort: "name: a, link: { throughput: 50kbit/s }" }),
    mistakes: ['4:44 fleet.cohorts[0].link.throughput is "50kbit/s" | bytes, not bits'],
  },
  {
    title: "an unknown law",
    text: scenarioText({ cohort: "name: a, boot: { lognormall: 3 }" }),
    mistakes: ["4:32 fleet.cohorts[0].boot.lognormall is an unknown key | did you mean lognormal?"],
  },
  {
    title: "two laws",
    text: scenarioText({ cohort: "name: a, boot: { exponential: { mean: 1s }, uniform: { min: 1s, max: 2s } }" }),
    mistakes: ["4:30 fleet.cohorts[0].boot is a mapping | exactly one law"],
  },
  {
    title: "a p95 below the p50",
    text: scenarioText({ cohort: "name: a, boot: { lognormal: { p50: 2s, p95: 1s } }" }),
    mistakes: ["4:30 fleet.cohorts[0].boot is a mapping | p95 above p50"],
  },
  {
    title: "a min above the max",
    text: scenarioText({ cohort: "name: a, boot: { uniform: { min: 2s, max: 1s } }" }),
    mistakes: ["4:30 fleet.cohorts[0].boot is a mapping | min at most max"],
  },
  {
    title: "a law without its figure",
    text: scenarioText({ cohort: "name: a, boot: { normal: { mean: 2s } }" }),
    mistakes: ["4:40 fleet.cohorts[0].boot.normal.sd is missing | a duration"],
  },
  {
    title: "a word that is near another",
    text: scenarioText({ cohort: "name: a, offline: non" }),
    mistakes: ['4:33 fleet.cohorts[0].offline is "non" | did you mean none?'],
  },
  {
    title: "autofetch without a period",
    text: scenarioText({ cohort: "name: a, autofetch: { jitter: 5m }" }),
    mistakes: ["4:35 fleet.cohorts[0].autofetch.every is missing | the period"],
  },
  {
    title: "a phase beyond the period",
    text: scenarioText({ cohort: "name: a, autofetch: { every: 1h, phase: 2h }" }),
    mistakes: ['4:55 fleet.cohorts[0].autofetch.phase is "2h" | less than the period, 1h'],
  },
  // several jobs, groups, approvals
  {
    title: "two jobs of one name",
    text: scenarioText({ job: "name: a }, { name: a" }),
    mistakes: ['5:29 jobs[1].name is "a" | unique'],
  },
  {
    title: "a priority of 0",
    text: scenarioText({ job: "name: a, priority: 0" }),
    mistakes: ["5:29 jobs[0].priority is 0 | from 1 to 10"],
  },
  {
    title: "a priority of 11",
    text: scenarioText({ job: "name: a, priority: 11" }),
    mistakes: ["5:29 jobs[0].priority is 11 | from 1 to 10"],
  },
  {
    title: "a timeout of more than thirty days",
    text: scenarioText({ job: "name: a, timeout: 31d" }),
    mistakes: ['5:28 jobs[0].timeout is "31d" | "30d"'],
  },
  {
    title: "a timeout that is no whole number of seconds",
    text: scenarioText({ job: "name: a, timeout: 1500ms" }),
    mistakes: ['5:28 jobs[0].timeout is "1500ms" | whole seconds'],
  },
  {
    title: "a timeout for a job that users approve",
    text: scenarioText({ job: "name: a, trigger: user-approved, timeout: 1d" }),
    mistakes: ['5:52 jobs[0].timeout is "1d" | 105056'],
  },
  {
    title: "a job that starts with the end of the run",
    text: scenarioText({ job: "name: a, starts: 72h" }),
    mistakes: ['5:27 jobs[0].starts is "72h" | earlier than the end of the run, 3d'],
  },
  {
    title: "a cancel at the end of the run",
    text: scenarioText({ job: "name: a, starts: 70h, cancel: 2h" }),
    mistakes: ['5:40 jobs[0].cancel is "2h" | earlier than the end of the run, 2h from the job\'s start'],
  },
  {
    title: "a cancel at once",
    text: scenarioText({ job: "name: a, cancel: 0s" }),
    mistakes: ['5:27 jobs[0].cancel is "0s" | above zero'],
  },
  {
    title: "a validity that is over when the job starts",
    text: scenarioText({ job: "name: a, starts: 24h, validity: { until: 2026-03-11T12:00:00Z }" }),
    mistakes: ['5:51 jobs[0].validity.until is "2026-03-11T12:00:00Z" | later than the job\'s start'],
  },
  {
    title: "a trigger without its hyphen",
    text: scenarioText({ job: "name: a, trigger: userapproved" }),
    mistakes: ['5:28 jobs[0].trigger is "userapproved" | did you mean user-approved?'],
  },
  {
    title: "an approval with a share without unit and an unknown key",
    text: scenarioText({ job: "name: a, trigger: { user-approved: { share: 0.8, after: 3d } }" }),
    mistakes: [
      "5:54 jobs[0].trigger.user-approved.share is 0.8 | share",
      "5:59 jobs[0].trigger.user-approved.after is an unknown key | share, delay, forgetful, reminder",
    ],
  },
  {
    title: "an approval for dynamic targets",
    text: scenarioText({ job: "name: a, trigger: user-approved, targets: { dynamic: { model: demo } }" }),
    mistakes: ["5:52 jobs[0].targets are dynamic, for a job that users approve | name nodes, cohorts or groups"],
  },
  {
    title: "dynamic targets without a condition",
    text: scenarioText({ job: "name: a, targets: { dynamic: {} }" }),
    mistakes: ["5:39 jobs[0].targets.dynamic has no condition | type, model, version"],
  },
  {
    title: "dynamic targets that nobody matches",
    text: scenarioText({ job: "name: a, targets: { dynamic: { version: 9.9.9 } }" }),
    mistakes: ["5:28 jobs[0].targets match no node at all | demo 0.0.1-before"],
  },
  {
    title: "a group that nobody knows",
    text: scenarioText({ job: "name: a, targets: { groups: [north] }" }),
    mistakes: ['5:39 jobs[0].targets.groups[0] is "north" | there are no groups'],
  },
  {
    title: "groups with one name, an unknown cohort, a node that is not there, and nobody in them",
    text: withGroups(
      "{ name: ab, cohorts: [homs] }, { name: ab, nodes: [1000] }, { name: cd }",
      "name: j, targets: { groups: [ab] }",
    ),
    mistakes: [
      '5:34 fleet.groups[0].cohorts[0] is "homs" | did you mean homes?',
      '5:51 fleet.groups[1].name is "ab" | unique',
      "5:63 fleet.groups[1].nodes[0] is 1000 | number 999",
      "5:72 fleet.groups[2] has no members | must have nodes, cohorts or groups",
    ],
  },
  {
    title: "a group that is its own sub-group by way of another",
    text: withGroups("{ name: aa, groups: [bb] }, { name: bb, groups: [aa] }", "name: j"),
    mistakes: [
      '5:33 fleet.groups[0].groups[0] is "bb" | lead back',
      '5:61 fleet.groups[1].groups[0] is "aa" | lead back',
    ],
  },
  {
    title: "a group below two others",
    text: withGroups("{ name: aa, groups: [cc] }, { name: bb, groups: [cc] }, { name: cc, nodes: [1] }", "name: j"),
    mistakes: ['5:61 fleet.groups[1].groups[0] is "cc" | sub-group of one group only: aa has it'],
  },
  {
    title: "eleven groups in one job",
    text: scenarioText({ job: `name: a, targets: { groups: [${Array.from({ length: 11 }, () => "x").join(", ")}] }` }),
    mistakes: ["5:38 jobs[0].targets.groups is a list | at most 10 groups"],
  },
  {
    title: "a group with a name too short for the backend, and one with more sub-groups than it takes",
    text: withGroups(`{ name: a, nodes: [1] }, { name: top, groups: [${"x, ".repeat(100)}x] }`, "name: j"),
    mistakes: [
      '5:20 fleet.groups[0].name is "a" | 2 to 40 long',
      "5:58 fleet.groups[1].groups is a list | at most 100 groups",
    ],
  },
  {
    title: "metadata longer than the backend takes",
    text: scenarioText({ job: `name: a, metadata: { note: ${"x".repeat(16_000)} }` }),
    mistakes: ["5:29 jobs[0].metadata has 16011 characters | at most 16000 characters of JSON"],
  },
  {
    title: "metadata that the firmware would take for a window",
    text: scenarioText({ job: "name: a, metadata: { download_window: { start: 1 } }" }),
    mistakes: ["5:48 jobs[0].metadata.download_window is a mapping | window; say it there"],
  },
  {
    title: "a job with an image both made and of a file",
    text: scenarioText({ job: "name: a, image: { make: {}, file: x.bin }" }),
    mistakes: ["5:26 jobs[0].image is a mapping | either make or file"],
  },
  {
    title: "checks that are no yes or no",
    text: scenarioText({ cohort: "name: homes, autofetch: { every: 6h }, runs: { checks: { version: off } }" }),
    mistakes: ['4:81 fleet.cohorts[0].runs.checks.version is "off" | true or false'],
  },
  {
    title: "a strictness of its own",
    text: scenarioText({ more: "backend: { strict: sometimes }" }),
    mistakes: ['7:20 backend.strict is "sometimes" | one of rainmaker, documents'],
  },
  {
    title: "a strictness for a backend at an url",
    text: scenarioText({ more: "backend: { strict: documents, url: [mqtt://127.0.0.1:1883, http://127.0.0.1:8080] }" }),
    mistakes: ['7:20 backend.strict is "documents" | embedded backend only'],
  },
  {
    title: "what plain polling cannot do: approvals, dynamic targets, timeouts",
    text: scenarioText({
      job: "name: a, targets: { dynamic: { model: demo } }, timeout: 1d }, { name: b, trigger: user-approved",
      more: "backend: { adapter: http-poll }",
    }),
    mistakes: [
      "5:28 jobs[0].targets is a mapping | cannot do this",
      '5:67 jobs[0].timeout is "1d" | cannot do this',
      '5:93 jobs[1].trigger is "user-approved" | cannot do this',
    ],
  },
  // job and backend
  {
    title: "no target",
    text: scenarioText({ job: "name: a, targets: { where: { project: toaster } }" }),
    mistakes: ["5:28 jobs[0].targets match no node at all | demo 0.0.1-before"],
  },
  {
    title: "a target beyond the fleet",
    text: scenarioText({ job: 'name: a, targets: { nodes: [0, "10-1000"] }' }),
    mistakes: ['5:41 jobs[0].targets.nodes[1] is "10-1000" | number 999'],
  },
  {
    title: "a range from back to front",
    text: scenarioText({ job: 'name: a, targets: { nodes: ["9-3"] }' }),
    mistakes: ['5:38 jobs[0].targets.nodes[0] is "9-3" | a range'],
  },
  {
    title: "an unknown cohort as target",
    text: scenarioText({ job: "name: a, targets: { cohorts: [homs] }" }),
    mistakes: ['5:40 jobs[0].targets.cohorts[0] is "homs" | did you mean homes?'],
  },
  {
    title: "a condition without a condition",
    text: scenarioText({ job: "name: a, targets: { where: {} }" }),
    mistakes: ["5:37 jobs[0].targets.where has no condition | project, version or both"],
  },
  {
    title: "a job that nobody can hear of",
    text: scenarioText({ cohort: "name: a" }),
    mistakes: ["5:8 jobs[0].trigger reaches nobody: no target can ever hear of the job spring | autofetch"],
  },
  {
    title: "a trigger of another word",
    text: scenarioText({ job: "name: a, trigger: forcepush" }),
    mistakes: ['5:28 jobs[0].trigger is "forcepush" | did you mean force-push?'],
  },
  {
    title: "an unknown adapter",
    text: scenarioText({ more: "backend: { adapter: rainmakr }" }),
    mistakes: ['7:21 backend.adapter is "rainmakr" | did you mean rainmaker?'],
  },
  {
    title: "more than the adapter can do",
    text: scenarioText({
      job: "name: a, window: 02:00-03:00, trigger: force-push",
      more: "backend: { adapter: http-poll, url: http://127.0.0.1:8080 }",
    }),
    mistakes: [
      '5:27 jobs[0].window is "02:00-03:00" | cannot do this',
      '5:49 jobs[0].trigger is "force-push" | cannot do this',
    ],
  },
  {
    title: "a file as backend",
    text: scenarioText({ more: "backend: { url: file:///etc/passwd }" }),
    mistakes: ['7:17 backend.url is "file:///etc/passwd" | an URL'],
  },
  {
    title: "a password in an URL, which is not repeated",
    text: scenarioText({ more: "backend: { url: https://a:b@example.com }" }),
    mistakes: ['7:17 backend.url is "https://a:***@example.com" | without user and password'],
  },
  {
    title: "a broker that speaks HTTP",
    text: scenarioText({ more: "backend: { broker: { url: https://127.0.0.1:1883 } }" }),
    mistakes: ['7:27 backend.broker.url is "https://127.0.0.1:1883" | mqtts://127.0.0.1:8883'],
  },
  {
    title: "a password in the URL of a broker, which is not repeated",
    text: scenarioText({ more: "backend: { broker: { url: mqtt://a:b@127.0.0.1 } }" }),
    mistakes: ['7:27 backend.broker.url is "mqtt://a:***@127.0.0.1" | without user and password'],
  },
  {
    title: "a foreign broker beside a foreign backend, for nodes without MQTT, and certificates without TLS",
    text: scenarioText({
      clock: "{ start: 2026-03-10T12:00:00Z, speed: 1 }",
      more: "backend: { adapter: http-poll, url: http://127.0.0.1, tls: true, broker: { url: mqtt://127.0.0.1, ca: a.pem } }",
    }),
    mistakes: [
      "7:60 backend.tls is true | the scheme of backend.broker.url",
      "7:74 backend.broker is a mapping | names its broker in backend.url",
      "7:74 backend.broker is a mapping | dial no broker",
      '7:103 backend.broker.ca is "a.pem" | write mqtts',
    ],
  },
  {
    title: "a compressed clock against a backend in real time",
    text: scenarioText({
      clock: "{ start: 2026-03-10T12:00:00Z, speed: 60 }",
      more: "backend: { url: https://example.com }",
    }),
    mistakes: ["2:46 clock.speed is 60 | backend.allowSpeed"],
  },
  {
    title: "an image that is made and a file",
    text: scenarioText({ more: "image: { make: {}, file: a.bin }" }),
    mistakes: ["7:8 image is a mapping | not both"],
  },
  {
    title: "an image of 10 bytes",
    text: scenarioText({ more: "image: { make: { size: 10B } }" }),
    mistakes: ['7:24 image.make.size is "10B" | from "4KiB"'],
  },
  {
    title: "a version longer than an image holds",
    text: scenarioText({ more: "image: { make: { version: v123456789.123456789.123456789.1 } }" }),
    mistakes: ['7:27 image.make.version is "v123456789.123456789.123456789.1" | 1 to 31 characters'],
  },
  {
    title: "a version that YAML takes for a number",
    text: scenarioText({ more: "image: { make: { version: 2.10 } }" }),
    mistakes: ["7:27 image.make.version is 2.10 | in quotes"],
  },
  {
    title: "control characters in a name",
    text: scenarioText({ more: 'about: "a\\e[2J"' }),
    mistakes: ['7:8 about is "a\\x1b[2J" | without control characters'],
  },
  {
    title: "a threshold without expression",
    text: scenarioText({ more: "thresholds: { completion: [] }" }),
    mistakes: ["7:27 thresholds.completion is a list | at least one expression"],
  },
  {
    title: "a threshold that is no list",
    text: scenarioText({ more: "thresholds: { completion: p(95)<30h }" }),
    mistakes: ['7:27 thresholds.completion is "p(95)<30h" | a list of expressions'],
  },
  {
    title: "a metric that is none",
    text: scenarioText({ more: 'thresholds: { speed: ["p(95)<30h", "p(99)<40h"] }' }),
    mistakes: ['7:15 thresholds.speed is "speed" | must be one of connect'],
  },
  {
    title: "a threshold without a unit",
    text: scenarioText({ more: 'thresholds: { completion: ["p(95)<30h", "p(95)<30"] }' }),
    mistakes: ['7:41 thresholds.completion[1] is "p(95)<30" | a unit'],
  },
  {
    title: "a threshold on a cohort that is not there",
    text: scenarioText({ more: 'thresholds: { "completion{cohort:shops}": ["p(95)<30h"] }' }),
    mistakes: ['7:15 thresholds.completion{cohort:shops} is tag "cohort:shops" | must name one of homes'],
  },
];

test.each(BAD)("a scenario with $title is refused by place", ({ text, mistakes }) => {
  const found = mistakesIn(text);

  expect(found.map((line) => line.split(" | ")[0])).toEqual(mistakes.map((line) => line.split(" | ")[0]));
  found.forEach((line, index) => expect(line.split(" | ")[1]).toContain(mistakes[index]?.split(" | ")[1]));
});

test("a scenario with hundreds of mistakes names the first fifty and counts the others", () => {
  const text = scenarioText({ more: Array.from({ length: 80 }, (_, index) => `k${index}: 1`).join("\n") });

  const found = mistakesIn(text);

  expect(found).toHaveLength(51);
  expect(found.at(-1)).toBe("s.yaml and 30 more | mend these first");
});

test("a scenario is refused with the same words each time", () => {
  const text = scenarioText({ clock: "{ start: now, speed: fast }", cohort: "name: a b, zones: Berlin" });

  expect(mistakesIn(text)).toEqual(mistakesIn(text));
});

test("a scenario with __proto__ as a key leaves all objects as they were", () => {
  mistakesIn(scenarioText({ job: "name: a, metadata: { __proto__: { polluted: true } }" }));

  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

function withGroups(groups: string, job: string): string {
  return scenarioText({ job }).replace(/(cohorts: .*\n)/, `$1  groups: [${groups}]\n`);
}
