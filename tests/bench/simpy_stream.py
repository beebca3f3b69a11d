# SPDX-License-Identifier: GPL-3.0-or-later
"""The M/M/1 queue of P1 and the pipeline of P3 as a SimPy user would write them.

usage: simpy_stream.py mm1|pipeline MESSAGES [SEED]
Prints: mean latency in mean service times, nanoseconds per message.
"""
import random
import sys
import time

import simpy

LOAD, STAGES, CAPACITY = 0.9, 4, 64


class Latency:
    def __init__(self):
        self.n, self.sum = 0, 0.0

    def add(self, value):
        self.n += 1
        self.sum += value


def mm1(env, rng, n, latency):
    server = simpy.Resource(env)

    def message():
        arrived = env.now
        with server.request() as turn:
            yield turn
            yield env.timeout(rng.expovariate(1))
        latency.add(env.now - arrived)

    def source():
        for _ in range(n):
            yield env.timeout(rng.expovariate(LOAD))
            env.process(message())

    env.process(source())


def pipeline(env, rng, n, latency):
    """A stage takes a message from its channel, serves it, and waits for room in the next one."""
    channels = [simpy.Store(env)]
    channels += [simpy.Store(env, CAPACITY) for _ in range(STAGES - 1)]

    def source():
        for _ in range(n):
            yield env.timeout(rng.expovariate(LOAD))
            yield channels[0].put(env.now)

    def stage(i):
        while True:
            arrived = yield channels[i].get()
            yield env.timeout(rng.expovariate(1))
            if i + 1 < STAGES:
                yield channels[i + 1].put(arrived)
            else:
                latency.add(env.now - arrived)

    env.process(source())
    for i in range(STAGES):
        env.process(stage(i))


def main():
    model = {"mm1": mm1, "pipeline": pipeline}[sys.argv[1]]
    n = int(sys.argv[2])
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    start = time.process_time()
    env = simpy.Environment()
    latency = Latency()
    model(env, rng, n, latency)
    env.run()
    elapsed = time.process_time() - start
    assert latency.n == n
    print(f"{latency.sum / n:.3f} {1e9 * elapsed / n:.0f}")


main()
