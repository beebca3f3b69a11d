// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Closed forms against the rows A, B, C, E and K of the known answers, which were computed
 * independently and have nine digits.
 */
#include "analytic_jobs.h"
#include "model/analytic_levels.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_lambert.h>

/* ---- mean makespans ---- */

struct makespan_row {
    const char *id;
    struct law law; /* time to failure; no mean: none */
    struct analytic_job job;
    struct law cost; /* named: in place of job.cost */
    uint64_t tasks;
    int on_retry;
    /* 0: the table does not say */
    double makespan, sd, failures, work, checkpoint, recovery, downtime, waste;
};

/* clang-format off */
static const struct makespan_row makespan_rows[] = {
    {"A01", EXPONENTIAL(1e4), {JOB(STANDARD, 1000, 20, 100, 50, 20)}, .makespan = 23418.9277,
     .sd = 1095.80869, .failures = 2.33721833, .work = 21245.5807, .checkpoint = 2010.03342,
     .recovery = 116.569251, .downtime = 46.7443667, .waste = 0.145989934},
    {"A02", EXPONENTIAL(1e3), {JOB(STANDARD, 1000, 10, 100, 200, 60)}, .makespan = 25947.6754,
     .sd = 5961.85818, .failures = 24.4789391, .work = 18989.9511, .checkpoint = 1051.70918,
     .recovery = 4437.27886, .downtime = 1468.73635, .waste = 0.614609023},
    {"A03", EXPONENTIAL(3600), {JOB(STANDARD, 1500, 20, 600, 600, 60)}, .makespan = 68488.819,
     .sd = 9252.49188, .failures = 18.7127921, .work = 43966.1817, .checkpoint = 13057.9497,
     .recovery = 10341.92, .downtime = 1122.76752, .waste = 0.561972298},
    {"A04", EXPONENTIAL(500), {JOB(STANDARD, 1400, 4, 100, 30, 5)}, .makespan = 40936.7556,
     .sd = 18186.4997, .failures = 81.0628825, .work = 37728.2683, .checkpoint = 442.805516,
     .recovery = 2360.36738, .downtime = 405.314412, .waste = 0.86320362},
    {"A05", EXPONENTIAL(3942000000.0 / 45208), {JOB(STANDARD, 9000, 77, 600, 600, 60)},
     .makespan = 787363.593, .sd = 18914.849, .failures = 9.02350513, .work = 735067.348,
     .checkpoint = 46359.3157, .recovery = 5395.51858, .downtime = 541.410308,
     .waste = 0.119847544},
    {"A06", EXPONENTIAL(1e3), {JOB(SEGMENT, 1000, 10, 100, 200, 60)}, .makespan = 25252.4919,
     .sd = 5687.98317},
    {"A07", EXPONENTIAL(1e3), {JOB(WORK | EXPOSED_RECOVERY, 1000, 10, 100, 200, 60)},
     .makespan = 23246.3701},
    {"A08", EXPONENTIAL(1e3), {JOB(WORK, 1000, 10, 100, 200, 60)}, .makespan = 22650.351},
    {"A09", EXPONENTIAL(1e3), {JOB(STANDARD | EXPOSED_DOWNTIME, 1000, 10, 100, 200, 60)},
     .makespan = 25992.6322},
    {"A10", EXPONENTIAL(1e3), {LONG(STANDARD, 1000, 100, 200, 60), .work_s = 10000},
     .makespan = 25577.5449},
    {"A11", EXPONENTIAL(1e3), {LONG(STANDARD, 1000, 100, 200, 60), .work_s = 10350},
     .makespan = 26490.2367},
    {"A12", EXPONENTIAL(1e3), {LONG(STANDARD, (double)INFINITY, 0, 200, 60), .work_s = 1000},
     .makespan = 2224.63701, .sd = 1587.93041},
    {"A13", EXPONENTIAL(5e3), {LONG(STANDARD, (double)INFINITY, 0, 100, 30), .work_s = 10000},
     .makespan = 32786.1617, .sd = 25387.9921},
    {"A14", .job = {JOB(STANDARD, 1000, 20, 100, 0, 0)}, .makespan = 22000, .work = 20000,
     .checkpoint = 2000},
    {"A26/14", EXPONENTIAL(1e4), {JOB(STANDARD, 20000.0 / 14, 14, 100, 50, 20)},
     .makespan = 23284.5689},
    {"A26/15", EXPONENTIAL(1e4), {JOB(STANDARD, 20000.0 / 15, 15, 100, 50, 20)},
     .makespan = 23279.5077},
    {"A26/16", EXPONENTIAL(1e4), {JOB(STANDARD, 20000.0 / 16, 16, 100, 50, 20)},
     .makespan = 23288.2881},
    {"A30", EXPONENTIAL(1e3), {JOB(STANDARD, 300, 10, 0, 0, 50)}, .makespan = 3673.51748,
     .sd = 448.490812},
    {"A31", EXPONENTIAL(1e3), {JOB(STANDARD, 600, 3, 100, 100, 20)}, .makespan = 3428.33223,
     .sd = 1136.43737},
    {"A40", EXPONENTIAL(1e3), {JOB(STANDARD, 500, 1, 0, 100, 20)}, EXPONENTIAL(100), 1,
     ON_RETRY_REPEAT, .makespan = 937.793637},
    {"A41", EXPONENTIAL(1e3), {JOB(STANDARD, 500, 1, 0, 100, 20)}, EXPONENTIAL(100), 1,
     ON_RETRY_RESAMPLE, .makespan = 917.142958},
    {"B01", WEIBULL(1e4, 0.7), {JOB(STANDARD, 1000, 20, 100, 50, 20)}, .makespan = 23616.7999,
     .failures = 2.87338621},
    {"B02", WEIBULL(1e4, 0.5), {JOB(STANDARD, 1000, 20, 100, 50, 20)}, .makespan = 23842.8441,
     .failures = 3.80665894},
    {"B03", WEIBULL(1e4, 1.5), {JOB(STANDARD, 1000, 20, 100, 50, 20)}, .makespan = 23269.7858,
     .failures = 2.03696073},
    {"B04", {"lognormal", 1e4, "sigma", 1.5}, {JOB(STANDARD, 1000, 20, 100, 50, 20)},
     .makespan = 24240.3841, .failures = 3.76067036},
    {"B05", {"gamma", 1e4, "shape", 0.5}, {JOB(STANDARD, 1000, 20, 100, 50, 20)},
     .makespan = 23511.6708, .failures = 2.84326284},
    {"B06", EXPONENTIAL(1e4), {JOB(STANDARD, 1000, 20, 100, 50, 20)}, .makespan = 23418.9277,
     .failures = 2.33721833},
    {"B07", WEIBULL(1e4, 0.7), {JOB(STANDARD, 1000, 20, 100, 50, 20), .redraw = REDRAW_CHECKPOINT},
     .makespan = 24837.9984},
    {"C01/1", EXPONENTIAL(7200), {JOB(STANDARD, 300, 1, 60, 60, 30), CHAIN(1, 6, 12)},
     .makespan = 373.792017},
    {"C01/2", EXPONENTIAL(7200), {JOB(STANDARD, 300, 2, 60, 60, 30), CHAIN(2, 6, 12)},
     .makespan = 690.940358},
    {"C01/4", EXPONENTIAL(7200), {JOB(STANDARD, 300, 4, 60, 60, 30), CHAIN(4, 6, 12)},
     .makespan = 1326.82499},
    {"C01/8", EXPONENTIAL(7200), {JOB(STANDARD, 300, 8, 60, 60, 30), CHAIN(8, 6, 12)},
     .makespan = 2604.97079},
    {"C01/12", EXPONENTIAL(7200), {JOB(STANDARD, 300, 12, 60, 60, 30), CHAIN(12, 6, 12)},
     .makespan = 3891.66603},
    {"C04", EXPONENTIAL(7200), {JOB(STANDARD, 300, 25, 60, 60, 30), CHAIN(4, 6, 12)},
     .makespan = 8277.47475},
    {"C05", WEIBULL(7200, 0.7), {JOB(STANDARD, 300, 25, 60, 60, 30), CHAIN(4, 6, 12)},
     .makespan = 8370.72836},
    {"E10", EXPONENTIAL(1e3), {JOB(STANDARD, 500, 1, 0, 60, 15)}, EXPONENTIAL(150), 8,
     ON_RETRY_RESAMPLE, .makespan = 1551.24068},
    {"E10 repeat", EXPONENTIAL(1e3), {JOB(STANDARD, 500, 1, 0, 60, 15)}, EXPONENTIAL(150), 8,
     ON_RETRY_REPEAT, .makespan = 1643.91802},
    /* a constant as long as the slowest of N takes on the average, m H_N */
    {"E10 constant", EXPONENTIAL(1e3), {JOB(STANDARD, 500, 1, 150 * 2.717857142857143, 60, 15)},
     .makespan = 1593.54108},
    {"E11 constant", EXPONENTIAL(500), {JOB(STANDARD, 500, 1, 40 * 5.187377517639621, 60, 15)},
     .makespan = 1809.59835},
    {"E11", EXPONENTIAL(500), {JOB(STANDARD, 500, 1, 0, 60, 15)}, EXPONENTIAL(40), 100,
     ON_RETRY_RESAMPLE, .makespan = 1797.58829},
    {"E11 repeat", EXPONENTIAL(500), {JOB(STANDARD, 500, 1, 0, 60, 15)}, EXPONENTIAL(40), 100,
     ON_RETRY_REPEAT, .makespan = 1822.65818},
};
/* clang-format on */

static struct analytic_job job_of(const struct makespan_row *row)
{
    struct analytic_job job = row->job;
    job.law = row->law.mean > 0 ? make(row->law) : NULL;
    if (row->cost.name)
        job.cost = analytic_random(make(row->cost), row->tasks, row->on_retry);
    return job;
}

static void makespans_are_the_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(makespan_rows); i++) {
        const struct makespan_row *row = &makespan_rows[i];
        struct analytic_job job = job_of(row);
        struct analytic_answer answer;
        if (!analytic_makespan(&job, &answer))
            fail_msg("%s: no closed form", row->id);
        const struct {
            const char *what;
            double actual, expected;
        } pairs[] = {
            {"makespan", answer.makespan_s, row->makespan},
            {"sd", answer.sd_s, row->sd},
            {"failures", answer.failures, row->failures},
            {"work", answer.work_time_s, row->work},
            {"checkpoint", answer.checkpoint_time_s, row->checkpoint},
            {"recovery", answer.recovery_time_s, row->recovery},
            {"downtime", answer.downtime_s, row->downtime},
            {"waste", answer.waste, row->waste},
        };
        for (size_t j = 0; j < MEM_COUNT(pairs); j++)
            if (pairs[j].expected > 0)
                check(row->id, pairs[j].what, pairs[j].actual, pairs[j].expected, 1e-8);
    }
}

/* ---- intervals ---- */

struct interval_row {
    const char *id;
    double mtbf, cost, restore, downtime;
    /* interval, and the exact slowdown E/W there */
    double optimal[2], young[2], daly_first[2], daly[2], herault_robert[2];
};

/* clang-format off */
static const struct interval_row interval_rows[] = {
    {"A20", 3600, 600, 600, 60, {1699.23089, 2.27475241}, {2078.46097, 2.29740144}, {2244.99443,
     2.31887094}, {1697.70598, 2.27475284}, {1278.2971, 2.31688661}},
    {"A21", 86400, 600, 600, 60, {9786.32819, 1.13638342}, {10182.3376, 1.13648486}, {10217.6318,
     1.13650335}, {9786.26602, 1.13638342}, {9543.37222, 1.13642406}},
    {"A22", 604800, 600, 600, 60, {26541.4268, 1.04704087}, {26939.9332, 1.04704597}, {26953.2929,
     1.04704632}, {26541.418, 1.04704087}, {26325.2298, 1.0470424}},
    {"A23", 10000, 100, 50, 20, {1348.34751, 1.16396555}, {1414.21356, 1.16414448}, {1417.74469,
     1.1641637}, {1348.33257, 1.16396555}, {1309.25512, 1.16403339}},
    {"A24", 300, 300, 300, 10, {252.421698, 17.7111695}, {424.264069, 20.2213079}, {600,
     26.8045986}, {247.834295, 17.7136632}, {(double)NAN, 0}},
    {"A25", 3942000000.0 / 45208, 600, 600, 60, {9833.16293, 1.13566613}, {10229.191, 1.13576612},
     {10264.324, 1.13578426}, {9833.10133, 1.13566613}, {9590.40468, 1.13570611}},
};
/* clang-format on */

static double slowdown(const struct interval_row *row, double interval_s)
{
    struct analytic_job job = {
        .law = make((struct law)EXPONENTIAL(row->mtbf)),
        .exposure = STANDARD,
        .interval_s = interval_s,
        .cost = LASTS(row->cost),
        .restore = LASTS(row->restore),
        .downtime = LASTS(row->downtime),
    };
    double fraction = 0;
    assert_true(analytic_useful_fraction(&job, &fraction));
    return 1 / fraction;
}

static void intervals_and_their_slowdowns_are_the_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(interval_rows); i++) {
        const struct interval_row *row = &interval_rows[i];
        const struct {
            const char *what;
            double interval;
            const double *expected;
        } rules[] = {
            {"optimal", analytic_optimal_s(row->cost, row->mtbf), row->optimal},
            {"Young", analytic_young_s(row->cost, row->mtbf), row->young},
            {"Daly first order", analytic_daly_first_s(row->cost, row->mtbf, row->restore),
             row->daly_first},
            {"Daly", analytic_daly_s(row->cost, row->mtbf), row->daly},
            {"Herault-Robert",
             analytic_herault_robert_period_s(row->cost, row->mtbf, row->restore, row->downtime) -
                 row->cost,
             row->herault_robert},
        };
        for (size_t j = 0; j < MEM_COUNT(rules); j++) {
            if (isnan(rules[j].expected[0])) {
                assert_true(isnan(rules[j].interval));
                continue;
            }
            check(row->id, rules[j].what, rules[j].interval, rules[j].expected[0], 1e-8);
            check(row->id, rules[j].what, slowdown(row, rules[j].interval), rules[j].expected[1],
                  1e-8);
        }
    }
}

/* Intervals of C6, printed to 1 ms. */
static void intervals_agree_with_the_table_of_engines(void **state)
{
    (void)state;
    static const double rows[][5] = {
        {1, 3600, 84.187, 84.853, 84.187},     {5, 3600, 186.418, 189.737, 186.418},
        {30, 3600, 444.977, 464.758, 444.973}, {5, 86400, 926.186, 929.516, 926.186},
        {60, 7200, 889.954, 929.516, 889.946},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        assert_near(analytic_optimal_s(rows[i][0], rows[i][1]), rows[i][2], 5.1e-4);
        assert_near(analytic_young_s(rows[i][0], rows[i][1]), rows[i][3], 5.1e-4);
        assert_near(analytic_daly_s(rows[i][0], rows[i][1]), rows[i][4], 5.1e-4);
    }
    static const double walls[][6] = {
        {100, 5, 60, 1000, 117.56, 0.0051},
        {60, 1, 120, 3600, 63.61, 0.0051},
        {600, 30, 300, 7200, 686.4, 0.051},
    };
    for (size_t i = 0; i < MEM_COUNT(walls); i++) {
        const double *w = walls[i];
        struct interval_row row = {"C6", w[3], w[1], w[2], 0, {0}, {0}, {0}, {0}, {0}};
        assert_near(slowdown(&row, w[0]) * w[0], w[4], w[5]);
    }
}

struct platform_row {
    const char *id;
    double unit_years;
    uint64_t n;
    double mtbf, optimal, waste, period, first_order_waste, waste_at_period;
};

static void platforms_are_the_known_answers(void **state)
{
    (void)state;
    static const struct platform_row rows[] = {
        {"K02", 125, 1024, 3849609.38, 67567.7235, 0.0177202611, 67961.307, 0.0177475947,
         0.0177203418},
        {"K02", 125, 16384, 240600.586, 16594.1597, 0.0715201531, 16968.462, 0.072021695,
         0.0715261559},
        {"K02", 125, 45208, 87196.9563, 9833.16293, 0.119459517, 10190.4047, 0.120995103,
         0.119490514},
        {"K02", 125, 262144, 15037.5366, 3857.72259, 0.288458767, 4153.67836, 0.300160756,
         0.28906956},
        {"K02", 125, 1048576, 3759.38416, 1744.26518, 0.550226683, 1928.53856, 0.60875358,
         0.557606435},
        {"K03", 1250, 45208, 871969.563, 31948.7847, 0.0373686896, 32335.2977, 0.0374959162,
         0.0373694822},
        {"K03", 1250, 65536, 601501.465, 26467.8663, 0.0450513872, 26851.6249, 0.0452394989,
         0.045052801},
        {"K03", 1250, 262144, 150375.366, 13036.1976, 0.0906907169, 13403.6726, 0.091528772,
         0.0907034778},
        {"K03", 1250, 1048576, 37593.8416, 6322.69091, 0.182659151, 6657.37259, 0.186662823,
         0.182785165},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        const struct platform_row *row = &rows[i];
        double mtbf = analytic_mtbf_of_units_s(row->unit_years * 365 * 86400, row->n);
        struct interval_row costs = {row->id, mtbf, 600, 600, 60, {0}, {0}, {0}, {0}, {0}};
        double optimal = analytic_optimal_s(600, mtbf);
        double period = analytic_herault_robert_period_s(600, mtbf, 600, 60);
        check(row->id, "MTBF", mtbf, row->mtbf, 1e-8);
        check(row->id, "optimal", optimal, row->optimal, 1e-8);
        check(row->id, "waste", 1 - 1 / slowdown(&costs, optimal), row->waste, 1e-8);
        check(row->id, "period", period, row->period, 1e-8);
        check(row->id, "first-order waste",
              analytic_herault_robert_waste(period, 600, mtbf, 600, 60), row->first_order_waste,
              1e-8);
        check(row->id, "waste at period", 1 - 1 / slowdown(&costs, period - 600),
              row->waste_at_period, 1e-8);
    }
}

/* K04, and the exact periods T* + C of K05. */
static void ratios_to_the_optimum_are_the_known_answers(void **state)
{
    (void)state;
    struct interval_row row = {"K04", 3600, 600, 600, 60, {0}, {0}, {0}, {0}, {0}};
    double best = slowdown(&row, analytic_optimal_s(600, 3600));
    check("K04", "Young", slowdown(&row, analytic_young_s(600, 3600)) / best, 1.0099567, 1e-8);
    check("K04", "Daly first order", slowdown(&row, analytic_daly_first_s(600, 3600, 600)) / best,
          1.01939487, 1e-8);
    check("K04", "Daly", slowdown(&row, analytic_daly_s(600, 3600)) / best, 1.00000019, 1e-8);
    check("K05", "period", analytic_optimal_s(60, 10800) + 60, 1158.77629, 1e-8);
    check("K05", "period", analytic_optimal_s(300, 21600) + 300, 3702.84012, 1e-8);
}

/* The equation of the optimum solved by Lambert's W, where W has its digits. */
static void optimum_agrees_with_lambert(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        double x = 1e-3 * pow(1.7, i);
        double w = 1 + gsl_sf_lambert_W0(-exp(-1 - x));
        assert_near(analytic_optimal_s(x * 5437, 5437) / 5437, w, 1e-12 * w);
    }
}

/* w/M = y - y^2/3 + y^3/36 - .. with y = sqrt(2C/M): from the series of the logarithm. */
static void optimum_keeps_its_digits_when_checkpoints_are_cheap(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        double x = 1e-20 * pow(7.3, i);
        double y = sqrt(2 * x);
        double expected = y * (1 - y / 3 + y * y / 36);
        assert_near(analytic_optimal_s(x * 86400, 86400) / 86400, expected, 1e-15 * expected);
    }
}

static void extreme_costs_have_plain_intervals(void **state)
{
    (void)state;
    assert_near(analytic_optimal_s(0, 7200), 0, 0);
    assert_near(analytic_young_s(0, 7200), 0, 0);
    assert_near(analytic_daly_s(0, 7200), 0, 0);
    for (int i = 0; i < 40; i++) {
        double w = analytic_optimal_s(20 * pow(1.3, i) * 7200, 7200);
        assert_true(w > 0.999 * 7200 && w <= 7200);
    }
    assert_near(analytic_daly_s(2 * 7200.5, 7200.5), 7200.5, 0);
    double infinite = (double)INFINITY;
    assert_true(isinf(analytic_optimal_s(600, infinite)));
    assert_true(isinf(analytic_young_s(0, infinite)));
    assert_true(isinf(analytic_daly_s(600, infinite)));
}

/* ---- long jobs ---- */

struct fraction_row {
    const char *id;
    struct law law;
    struct analytic_job job;
    double fraction; /* at job.interval_s */
    double optimal;  /* 0: not in the table */
};

/* clang-format off */
static const struct fraction_row fraction_rows[] = {
    {"B01", WEIBULL(1e4, 0.7), {LONG(STANDARD, 1000, 100, 50, 20)}, 0.85709646, 0},
    {"B02", WEIBULL(1e4, 0.5), {LONG(STANDARD, 1000, 100, 50, 20)}, 0.863048441, 0},
    {"B03", WEIBULL(1e4, 1.5), {LONG(STANDARD, 1000, 100, 50, 20)}, 0.852967592, 0},
    {"B04", {"lognormal", 1e4, "sigma", 1.5}, {LONG(STANDARD, 1000, 100, 50, 20)}, 0.854927095, 0},
    {"B05", {"gamma", 1e4, "shape", 0.5}, {LONG(STANDARD, 1000, 100, 50, 20)}, 0.859204419, 0},
    {"B06", EXPONENTIAL(1e4), {LONG(STANDARD, 1000, 100, 50, 20)}, 0.854010066, 0},
    {"B30", WEIBULL(86400, 0.7), {LONG(STANDARD, 10345.3698, 600, 600, 60)}, 0.883944978,
     10345.3698},
    {"B30 Young", WEIBULL(86400, 0.7), {LONG(STANDARD, 10182.3376, 600, 600, 60)}, 0.883933316, 0},
    {"B31", WEIBULL(86400, 0.5), {LONG(STANDARD, 11492.5865, 600, 600, 60)}, 0.891989578,
     11492.5865},
    {"B31 Young", WEIBULL(86400, 0.5), {LONG(STANDARD, 10182.3376, 600, 600, 60)}, 0.891389773, 0},
    {"B32", WEIBULL(86400, 1), {LONG(STANDARD, 9786.32834, 600, 600, 60)}, 0.879984681, 9786.32834},
    {"B32 Young", EXPONENTIAL(86400), {LONG(STANDARD, 10182.3376, 600, 600, 60)}, 0.879906136, 0},
    /* the assignment: failures only while working, the mean of C is 0.5 + 0.05 h */
    {"K10/1", EXPONENTIAL(100), {LONG(WORK, 10.0894739, 0.55, 1, 0)}, 0.895077413, 10.0894739},
    {"K10/1 approximate", EXPONENTIAL(100), {LONG(WORK, 9.5124922, 0.55, 1, 0)}, 0.894921116, 0},
    {"K10/16", EXPONENTIAL(6.25), {LONG(WORK, 2.16540334, 0.55, 1, 0)}, 0.609641293, 2.16540334},
    {"K10/64", EXPONENTIAL(1.5625), {LONG(WORK, 0.850449171, 0.55, 1, 0)}, 0.353814077,
     0.850449171},
    {"K10/256", EXPONENTIAL(0.390625), {LONG(WORK, 0.273335332, 0.55, 1, 0)}, 0.139526742,
     0.273335332},
    {"K11 half", EXPONENTIAL(100), {LONG(WORK, 10.0894739 / 2, 0.55, 1, 0)}, 0.873412567, 0},
    {"K11 double", EXPONENTIAL(100), {LONG(WORK, 10.0894739 * 2, 0.55, 1, 0)}, 0.872315361, 0},
    {"K12/0.01", EXPONENTIAL(1.5625), {LONG(WORK, 0.823808806, 0.51, 1, 0)}, 0.359898268,
     0.823808806},
    {"K12/0.5", EXPONENTIAL(1.5625), {LONG(WORK, 1.08747861, 1, 1, 0)}, 0.304013687, 1.08747861},
    {"K13/0.5", EXPONENTIAL(6.25), {LONG(WORK, 2.23555113, 0.55, 0.5, 0)}, 0.647491753, 2.23555113},
    {"K13/5", EXPONENTIAL(6.25), {LONG(WORK, 1.77577619, 0.55, 5, 0)}, 0.418151758, 1.77577619},
    /* first of 16 nodes: Weibull of mean 100 / 16^(1/shape) h */
    {"K14/0.5", WEIBULL(0.390625, 0.5), {LONG(WORK, 0.557229112, 0.55, 1, 0),
     .redraw = REDRAW_CHECKPOINT}, 0.0924223583, 0.557229112},
    {"K14/0.5 aged", WEIBULL(0.390625, 0.5), {LONG(WORK, 0.557229112, 0.55, 1, 0)}, 0.153939687, 0},
    {"K14/2", WEIBULL(25, 2), {LONG(WORK, 6.54988382, 0.55, 1, 0), .redraw = REDRAW_CHECKPOINT},
     0.885617655, 6.54988382},
    {"K14/2 aged", WEIBULL(25, 2), {LONG(WORK, 6.54988382, 0.55, 1, 0)}, 0.78079515, 0},
};
/* clang-format on */

static void useful_fractions_and_their_optima_are_the_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(fraction_rows); i++) {
        const struct fraction_row *row = &fraction_rows[i];
        struct analytic_job job = row->job;
        double fraction = 0;
        job.law = make(row->law);
        assert_true(analytic_useful_fraction(&job, &fraction));
        check(row->id, "useful fraction", fraction, row->fraction, 1e-8);
        if (row->optimal > 0) {
            assert_true(analytic_optimal_interval(&job, &job.interval_s));
            check(row->id, "optimal interval", job.interval_s, row->optimal, 1e-3);
            assert_true(analytic_useful_fraction(&job, &fraction));
            check(row->id, "useful fraction at the optimum", fraction, row->fraction, 1e-8);
        }
    }
}

/* K13: where the time goes at the optimum of the assignment with 16 nodes. */
static void shares_of_the_time_are_the_known_answers(void **state)
{
    (void)state;
    static const struct {
        double restore, interval, recovery, lost;
    } rows[] = {
        {0.5, 2.23555113, 0.0622741679, 0.130935345},
        {1, 2.16540334, 0.11657305, 0.118940272},
        {5, 1.77577619, 0.386883771, 0.0654529558},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct analytic_job job = {JOB(WORK, rows[i].interval, 40, 0.55, rows[i].restore, 0)};
        struct analytic_answer answer;
        job.law = make((struct law)EXPONENTIAL(6.25));
        assert_true(analytic_makespan(&job, &answer));
        double lost = answer.work_time_s - job.work_s;
        check("K13", "recovery", answer.recovery_time_s / answer.makespan_s, rows[i].recovery,
              1e-8);
        check("K13", "lost work", lost / answer.makespan_s, rows[i].lost, 1e-8);
    }
}

static void best_cycle_is_the_known_answer(void **state)
{
    (void)state;
    struct analytic_job job = {LONG(STANDARD, 300, 60, 60, 30), CHAIN(1, 6, 12)};
    uint64_t cycle = 0;
    job.law = make((struct law)EXPONENTIAL(7200));
    assert_true(analytic_best_cycle(&job, &cycle));
    assert_int_equal(cycle, 15); /* C02 */
    static const double around[][2] = {{14, 1.08053275}, {15, 1.08051831}, {16, 1.08061831}};
    for (size_t i = 0; i < MEM_COUNT(around); i++) {
        double fraction = 0;
        job.cycle = (uint64_t)around[i][0];
        assert_true(analytic_useful_fraction(&job, &fraction));
        check("C02", "slowdown", 1 / fraction, around[i][1], 1e-8);
    }
    job.delta_restore = analytic_constant(0);
    assert_false(analytic_best_cycle(&job, &cycle)); /* then bases are a waste */
}

/* C03: the best pair of cycle and interval; at each neighbour of 13 the best interval is worse. */
static void best_cycle_and_interval_are_the_known_answers(void **state)
{
    (void)state;
    struct analytic_job job = {LONG(STANDARD, 0, 60, 60, 30), CHAIN(1, 6, 12)};
    double slowdowns[3];
    job.law = make((struct law)EXPONENTIAL(7200));
    for (size_t i = 0; i < 3; i++) {
        double fraction = 0;
        job.cycle = 12 + i;
        assert_true(analytic_optimal_interval(&job, &job.interval_s));
        assert_true(analytic_useful_fraction(&job, &fraction));
        slowdowns[i] = 1 / fraction;
        if (job.cycle == 13)
            check("C03", "interval", job.interval_s, 376.661811, 1e-3);
    }
    check("C03", "slowdown", slowdowns[1], 1.07922478, 1e-8);
    assert_true(slowdowns[0] > slowdowns[1] && slowdowns[2] > slowdowns[1]);
}

/* ---- two levels ---- */

struct pattern_row {
    const char *id;
    struct analytic_levels levels;
    double first_n, first_work_s, first_overhead; /* first order */
    double n, interval_s, overhead;               /* exact, D = 0 */
};

/* clang-format off */
static const struct pattern_row pattern_rows[] = {
    {"D10", {{1.0 / 3000, 5e-5}, {10, 60}, {15, 80}, 0}, 6.32455532, 1549.19334, 0.159109325,
     6, 235.509381, 0.19010603},
    {"D11", {{5e-6, 5e-7}, {15, 439}, {15, 439}, 0}, 17.1075032, 41904.6537, 0.0331997756,
     17, 2426.83858, 0.0343076382},
    {"D12", {{2.01e-6, 4.02e-7}, {4.5, 1051}, {4.5, 1051}, 0}, 34.1727637, 72310.8271,
     0.0333221866, 34, 2100.21717, 0.0345597792},
};
/* clang-format on */

static void patterns_of_two_levels_are_the_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(pattern_rows); i++) {
        const struct pattern_row *row = &pattern_rows[i];
        struct analytic_pattern first = analytic_first_order_pattern(&row->levels);
        struct analytic_pattern best = analytic_best_pattern(&row->levels);
        assert_near(first.n, row->first_n, 1e-8 * row->first_n);
        assert_near(first.n * first.interval_s, row->first_work_s, 1e-8 * row->first_work_s);
        assert_near(first.overhead, row->first_overhead, 1e-8 * row->first_overhead);
        assert_near(best.n, row->n, 0);
        assert_near(best.interval_s, row->interval_s, 1e-5 * row->interval_s);
        assert_near(best.overhead, row->overhead, 1e-8);
    }
}

/* D05, D06: with one segment, or without failures of type 2, a pattern is a job of one level. */
static void degenerate_patterns_have_one_level(void **state)
{
    (void)state;
    struct analytic_levels one = {{2e-4, 2e-4}, {20, 60}, {60, 60}, 30};
    double rate = 4e-4;
    double expected_s = (1 / rate + 30) * exp(rate * 60) * expm1(rate * 1080);
    assert_near(analytic_pattern_s(&one, 1, 0, 1000), expected_s, 1e-12 * expected_s);
    struct analytic_levels near_only = {{2e-4, 0}, {20, 0}, {60, 1e6}, 30};
    rate = 2e-4;
    expected_s = 6 * (1 / rate + 30) * exp(rate * 60) * expm1(rate * 1020);
    assert_near(analytic_pattern_s(&near_only, 6, 1000, 1000), expected_s, 1e-12 * expected_s);
    struct analytic_levels sound = {{0, 0}, {20, 60}, {60, 60}, 30};
    assert_near(analytic_pattern_s(&sound, 3, 100, 50), 250 + 60 + 60, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makespans_are_the_known_answers),
        cmocka_unit_test(intervals_and_their_slowdowns_are_the_known_answers),
        cmocka_unit_test(intervals_agree_with_the_table_of_engines),
        cmocka_unit_test(platforms_are_the_known_answers),
        cmocka_unit_test(ratios_to_the_optimum_are_the_known_answers),
        cmocka_unit_test(optimum_agrees_with_lambert),
        cmocka_unit_test(optimum_keeps_its_digits_when_checkpoints_are_cheap),
        cmocka_unit_test(extreme_costs_have_plain_intervals),
        cmocka_unit_test(useful_fractions_and_their_optima_are_the_known_answers),
        cmocka_unit_test(shares_of_the_time_are_the_known_answers),
        cmocka_unit_test(patterns_of_two_levels_are_the_known_answers),
        cmocka_unit_test(degenerate_patterns_have_one_level),
        cmocka_unit_test(best_cycle_is_the_known_answer),
        cmocka_unit_test(best_cycle_and_interval_are_the_known_answers),
    };
    gsl_set_error_handler_off();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
