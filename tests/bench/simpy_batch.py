# SPDX-License-Identifier: GPL-3.0-or-later
"""The 30-day batch job of P5 as a SimPy user would write it.

usage: simpy_batch.py REPLICATIONS [SEED]
Prints: mean makespan in seconds, its 95 % half-width, microseconds per replication.
"""
import math
import random
import sys
import time

import simpy

WORK, INTERVAL, COST, RESTORE, DOWNTIME, MTBF = 30 * 86400, 7200, 600, 600, 60, 86400


class Job:
    def __init__(self, env, rng):
        self.env, self.rng = env, rng
        self.saved = 0.0
        self.exposed = True
        self.process = env.process(self.run())
        env.process(self.fail())

    def fail(self):
        """Failures strike in work, checkpoint and restore; the clock stands still in downtime."""
        while True:
            yield self.env.timeout(self.rng.expovariate(1 / MTBF))
            if not self.process.is_alive:
                return
            self.exposed = False
            self.process.interrupt()
            yield self.env.timeout(DOWNTIME)
            self.exposed = True

    def run(self):
        restoring = False
        while self.saved < WORK:
            try:
                if restoring:
                    yield self.env.timeout(RESTORE)
                    restoring = False
                segment = min(INTERVAL, WORK - self.saved)
                yield self.env.timeout(segment)
                yield self.env.timeout(COST)
                self.saved += segment
            except simpy.Interrupt:
                restoring = True
                yield self.env.timeout(DOWNTIME)


def main():
    n = int(sys.argv[1])
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    makespans = []
    start = time.process_time()
    for _ in range(n):
        env = simpy.Environment()
        job = Job(env, rng)
        env.run(until=job.process)
        makespans.append(env.now)
    elapsed = time.process_time() - start
    mean = sum(makespans) / n
    sd = math.sqrt(sum((x - mean) ** 2 for x in makespans) / (n - 1))
    print(f"{mean:.0f} {1.96 * sd / math.sqrt(n):.0f} {1e6 * elapsed / n:.1f}")


main()
