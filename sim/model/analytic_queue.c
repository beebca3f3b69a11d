// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/analytic_queue.h"

#include <math.h>

double analytic_mg1_wait_s(double rate_per_s, double service_s, double service_variance)
{
    double load = rate_per_s * service_s;
    if (!(load < 1))
        return (double)INFINITY;
    return rate_per_s * (service_variance + service_s * service_s) / (2 * (1 - load));
}

/* Erlang's B, the share of arrivals that find all servers busy when none waits, by its recursion.
 */
static double erlang_b(double offered, uint64_t servers)
{
    double blocked = 1;
    for (uint64_t n = 1; n <= servers; n++)
        blocked = offered * blocked / ((double)n + offered * blocked);
    return blocked;
}

double analytic_mmc_wait_s(double rate_per_s, double service_s, uint64_t servers)
{
    double offered = rate_per_s * service_s;
    double free = (double)servers - offered;
    if (!(free > 0))
        return (double)INFINITY;
    double blocked = erlang_b(offered, servers);
    double waits = (double)servers * blocked / (free + offered * blocked);
    return waits * service_s / free;
}

double analytic_mmc_empty(double rate_per_s, double service_s, uint64_t servers)
{
    double offered = rate_per_s * service_s;
    double term = 1; /* offered^n / n!, over the weight of the states below c */
    double sum = 0;
    for (uint64_t n = 0; n < servers; n++) {
        sum += term;
        term *= offered / ((double)n + 1);
    }
    return 1 / (sum + term * (double)servers / ((double)servers - offered));
}
