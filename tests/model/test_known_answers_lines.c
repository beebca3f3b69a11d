// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section H: symmetric processes that checkpoint at Poisson instants, without regard to each
 * other, and interact in pairs at Poisson instants.
 *
 * The reference declares a recovery line when every process's latest event is a checkpoint. For two
 * processes these are all recovery lines; for more there are others, so that the maximal line
 * moves at least as often. Means are accepted within 3.9 standard errors (a level of 1e-4).
 */
#include <math.h>

#include "core/memory.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/recovery_line.h"
#include "support.h"

enum { MOST_PROCESSES = 4, MOST_CHANNELS = MOST_PROCESSES * (MOST_PROCESSES - 1) };

struct line_answer {
    const char *id;
    uint32_t n;
    double checkpoint_rate, pair_rate;
    double interval; /* E[X], X from one declared line to the next */
    double age;      /* E[X^2] / (2 E[X]), of the latest line at a random instant */
    size_t n_lines;  /* that are simulated */
};

static const struct line_answer answers[] = {
    {"H01", 2, 1.0 / 60, 1.0 / 60, 60, 90, 200000},
    {"H02", 2, 1.0 / 60, 1.0 / 6, 330, 384.545455, 100000},
    {"H03", 3, 1.0 / 60, 1.0 / 60, 150, 268, 100000},
    {"H04", 4, 1.0 / 60, 0.05, 8925, 10972.6134, 8000},
};

/* ---- the processes ---- */

struct system {
    const struct line_answer *answer;
    struct rng rng;
    struct recovery_line *line;
    double now_s;
    uint64_t met[MOST_PROCESSES][MOST_PROCESSES]; /* interactions of each pair so far */
    bool clean[MOST_PROCESSES];                   /* the latest event is a checkpoint */
    size_t n_declared, n_moved;
};

static double exponential(struct rng *rng, double rate)
{
    return -log(rng_uniform(rng)) / rate;
}

static struct recovery_line *make_line(uint32_t n)
{
    struct line_channel channels[MOST_CHANNELS];
    size_t n_channels = 0;
    for (uint32_t from = 0; from < n; from++)
        for (uint32_t to = 0; to < n; to++)
            if (from != to)
                channels[n_channels++] = (struct line_channel){from, to};
    return recovery_line_new(n, channels, n_channels);
}

/* An interaction sends a message each way: as many were sent to another as received from it. */
static bool checkpoint(struct system *system, uint32_t process)
{
    uint64_t counts[2 * MOST_PROCESSES];
    size_t n = 0;
    for (int way = 0; way < 2; way++)
        for (uint32_t other = 0; other < system->answer->n; other++)
            if (other != process)
                counts[n++] = system->met[process][other];
    system->clean[process] = true;
    return recovery_line_add(system->line, process, counts);
}

static void interact(struct system *system)
{
    uint32_t n = system->answer->n;
    uint32_t a = (uint32_t)(rng_next(&system->rng) % n);
    uint32_t b = (uint32_t)((a + 1 + rng_next(&system->rng) % (n - 1)) % n);
    system->met[a][b]++;
    system->met[b][a]++;
    system->clean[a] = system->clean[b] = false;
}

static bool all_are_clean(const struct system *system)
{
    for (uint32_t i = 0; i < system->answer->n; i++)
        if (!system->clean[i])
            return false;
    return true;
}

/* A declared line is the maximal line, of everybody's latest cut. */
static void check_declared(const struct system *system, bool moved)
{
    assert_true(moved);
    for (uint32_t i = 0; i < system->answer->n; i++)
        assert_int_equal(recovery_line_first(system->line, i),
                         recovery_line_latest(system->line, i));
}

/* The next event; true: it declares a line. */
static bool happen(struct system *system)
{
    const struct line_answer *answer = system->answer;
    double checkpoints = answer->n * answer->checkpoint_rate;
    double interactions = answer->n * (answer->n - 1) * answer->pair_rate / 2;
    system->now_s += exponential(&system->rng, checkpoints + interactions);
    if (rng_uniform(&system->rng) * (checkpoints + interactions) >= checkpoints) {
        interact(system);
        return false;
    }
    bool moved = checkpoint(system, (uint32_t)(rng_next(&system->rng) % answer->n));
    bool declared = all_are_clean(system);
    system->n_moved += moved;
    system->n_declared += declared;
    if (declared)
        check_declared(system, moved);
    return declared;
}

/* ---- what they must give ---- */

static void expect_mean(const char *id, const char *what, double found, double error,
                        double expected)
{
    print_message("%s %-30s %10.4f, expected %10.4f, z = %+.2f\n", id, what, found, expected,
                  (found - expected) / error);
    assert_true(fabs(found - expected) <= 3.9 * error);
}

/* E[X^2] / (2 E[X]) and its standard error by the delta method. */
static void expect_age(const struct line_answer *answer, const double *x)
{
    struct tally length = {0};
    struct tally square = {0};
    for (size_t i = 0; i < answer->n_lines; i++) {
        tally_add(&length, x[i]);
        tally_add(&square, x[i] * x[i]);
    }
    double age = square.mean / (2 * length.mean);
    struct tally rest = {0};
    for (size_t i = 0; i < answer->n_lines; i++)
        tally_add(&rest, x[i] * x[i] - 2 * age * x[i]);
    double n = (double)answer->n_lines;
    double error = tally_sd(&rest) / sqrt(n) / (2 * length.mean);
    expect_mean(answer->id, "age of the latest line", age, error, answer->age);
    expect_mean(answer->id, "time between lines", length.mean, tally_sd(&length) / sqrt(n),
                answer->interval);
}

static void run(const struct line_answer *answer, uint64_t seed)
{
    struct system system = {
        .answer = answer,
        .rng = rng_from_splitmix(seed),
        .line = make_line(answer->n),
        .clean = {true, true, true, true}, /* the start is a checkpoint */
    };
    double *x = mem_alloc(answer->n_lines, sizeof *x);
    while (!happen(&system)) /* the first starts the clock */
        ;
    for (size_t i = 0; i < answer->n_lines; i++) {
        double since_s = system.now_s;
        while (!happen(&system))
            ;
        x[i] = system.now_s - since_s;
    }
    expect_age(answer, x);
    print_message("%s the maximal line moved %zu times, %zu of them declared\n", answer->id,
                  system.n_moved, system.n_declared);
    if (answer->n == 2)
        assert_int_equal(system.n_moved, system.n_declared);
    else
        assert_true(system.n_moved > system.n_declared);
    recovery_line_free(system.line);
    free(x);
}

static void lines_come_as_often_as_the_markov_chain_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(answers); i++)
        run(&answers[i], 20260600 + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_as_often_as_the_markov_chain_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
