"""The same two jobs in SimPy 4, the usual tool for such questions: `python3 simpy-peer.py ACTORS EVENTS NODES DAYS`.

Prints one line of JSON. `hold`: each actor waits a random time, again and again; the cost of one wait. `rollout`: a
fleet that asks once a day with spells offline, and takes a release by night: what a careful user of SimPy would write,
with fewer rules than a node has here. Seconds of CPU.
"""

import json
import math
import random
import sys
import time

import simpy

DAY = 86_400
WINDOW = (1 * 3_600, 5 * 3_600)
IMAGE_BYTES = 2**20


def hold(actors, events):
    env = simpy.Environment()
    rng = random.Random(1)

    def actor():
        while True:
            yield env.timeout(rng.random() * 20_000)

    for _ in range(actors):
        env.process(actor())
    for _ in range(2 * actors):
        env.step()
    begun = time.process_time()
    for _ in range(events):
        env.step()
    return (time.process_time() - begun) / events


class Fleet:
    def __init__(self, nodes, days):
        self.env = simpy.Environment()
        self.rng = random.Random(1)
        self.counts = {}
        self.pending = set(range(nodes))
        self.end = days * DAY
        for number in range(nodes):
            node = Node(self, number)
            self.env.process(node.lives())
            self.env.process(node.has_spells())

    def count(self, what):
        bucket = (what, int(self.env.now // 300))
        self.counts[bucket] = self.counts.get(bucket, 0) + 1

    def run(self):
        begun = time.process_time()
        events = 0
        while self.env.peek() <= self.end:
            self.env.step()
            events += 1
        return events, time.process_time() - begun


class Node:
    def __init__(self, fleet, number):
        rng = fleet.rng
        self.fleet, self.env, self.number, self.rng = fleet, fleet.env, number, rng
        self.latency = rng.lognormvariate(math.log(0.02), 0.91)
        self.pace = min(75_000, rng.lognormvariate(math.log(50_000), 0.53))
        self.zone = rng.choice((2, -4, 5.5)) * 3_600
        self.phase = rng.random() * DAY
        self.is_up = True

    def has_spells(self):
        while True:
            yield self.env.timeout(rng_exp(self.rng, 0.06))
            self.is_up = False
            yield self.env.timeout(self.rng.lognormvariate(math.log(1_800), 2.35))
            self.is_up = True

    def lives(self):
        yield self.env.timeout(self.phase)
        while True:
            asked = self.env.now
            yield from self.asks()
            yield self.env.timeout(asked + DAY - self.env.now)

    def asks(self):
        while self.is_up:
            self.fleet.count("fetch")
            yield self.env.timeout(self.latency)
            has_offer = self.number in self.fleet.pending
            yield self.env.timeout(self.latency)
            if not has_offer:
                return
            self.fleet.count("offer")
            local = (self.env.now + 43_200 + self.zone) % DAY
            if WINDOW[0] <= local <= WINDOW[1]:
                yield from self.updates()
                return
            yield from self.reports("delayed")
            yield self.env.timeout((WINDOW[0] - local) % DAY + 5)

    def updates(self):
        yield from self.reports("in-progress")
        self.fleet.count("download started")
        yield self.env.timeout(8 * self.latency)
        yield from self.reports("downloading")
        yield self.env.timeout(IMAGE_BYTES / self.pace)
        if not self.is_up:
            return
        self.fleet.count("download ended")
        yield from self.reports("downloaded")
        yield self.env.timeout(0.16)
        yield from self.reports("rebooting")
        yield self.env.timeout(10)
        yield self.env.timeout(8)
        yield self.env.timeout(4 * self.latency)
        self.fleet.count("confirmed")
        self.fleet.pending.discard(self.number)
        yield from self.reports("success")

    def reports(self, status):
        self.fleet.count(status)
        yield self.env.timeout(self.latency)
        yield self.env.timeout(self.latency)


def rng_exp(rng, per_day):
    return rng.expovariate(per_day / DAY)


if __name__ == "__main__":
    actors, hold_events, nodes, days = map(int, sys.argv[1:5])
    seconds = hold(actors, hold_events)
    events, cpu = Fleet(nodes, days).run()
    print(json.dumps({"hold": seconds, "rollout": {"events": events, "cpu": cpu}, "version": simpy.__version__}))
