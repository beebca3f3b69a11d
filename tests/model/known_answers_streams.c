// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section F: queues of messages, with pauses, failures and replay; G: the useful share of a stream
 * job; E20 to E25: barriers that travel through queues.
 *
 * Runs start empty and leave a warm-up out. The lengths of those of queues follow from the
 * asymptotic variance of the mean queue of an M/M/1 over a length t, 2 rho (1 + rho) / (mu t
 * (1 - rho)^4) (Whitt, Management Science 35(11), 1989).
 *
 * Not here: F32, since busy periods are not measured (F30 stands on them); F60, which stands in
 * known_answers_guarantees.c; P(wait) of F11 and F12, which follows from their Wq; T* of G05, a
 * formula.
 */
#include "known_answers.h"

/* ---- quantities ---- */

static double measured_s(const struct model *model)
{
    return model->run.duration_s - model->run.warmup_s;
}

/* Sums over events and their numbers, for means over all events of all runs. */
#define SUM_AND_COUNT(name, metric)                                                                \
    static double name##_sum_of(const struct metrics *metrics, const struct model *model)          \
    {                                                                                              \
        (void)model;                                                                               \
        return metrics->value[metric];                                                             \
    }                                                                                              \
    static double name##_count_of(const struct metrics *metrics, const struct model *model)        \
    {                                                                                              \
        (void)model;                                                                               \
        return metrics->count[metric];                                                             \
    }

SUM_AND_COUNT(latency, M_LATENCY)
SUM_AND_COUNT(lost_work, M_LOST_WORK)
SUM_AND_COUNT(round, M_CHECKPOINT_DURATION)

/* Messages that wait or are in service, where one task does all. */
static double in_system_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_LAG] + metrics->value[M_UTILISATION];
}

static double catch_up_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_CATCH_UP];
}

/* Sum over the tasks of all rounds. */
static double alignments_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_ALIGNMENT];
}

static double throughput_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_THROUGHPUT];
}

static double lost_messages_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_LOST];
}

static double arrived_of(const struct metrics *metrics, const struct model *model)
{
    return metrics->value[M_ARRIVAL_RATE] * measured_s(model);
}

static double processed_per_s_of(const struct metrics *metrics, const struct model *model)
{
    return metrics->value[M_PROCESSED] / measured_s(model);
}

static double reprocessed_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_REPROCESSED];
}

static double reprocessed_per_s_of(const struct metrics *metrics, const struct model *model)
{
    return metrics->value[M_REPROCESSED] / measured_s(model);
}

/* Useful share of the time of a source that is never idle: what its distinct outputs took. */
static double useful_share_of(const struct metrics *metrics, const struct model *model)
{
    const struct operator_params *operators = model->job.operators.items;
    return metrics->value[M_THROUGHPUT] * dist_mean(&operators[0].service);
}

/* ---- scenarios ---- */

static const char queue[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": \"1 s\", \"source\": "
    "{\"arrivals\": {\"process\": \"poisson\", \"rate\": \"0.5/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"run\": {\"duration\": \"100000 s\", \"warmup\": \"1000 s\"}}";

/* Messages come through a channel, so that its capacity counts. */
static const char buffer[] =
    "{\"job\": {\"operators\": ["
    "{\"name\": \"source\", \"source\": {\"arrivals\": {\"process\": \"poisson\", "
    "\"rate\": \"0.9/s\"}}},"
    "{\"name\": \"server\", \"service\": {\"dist\": \"exponential\", \"mean\": \"1 s\"}, "
    "\"inputs\": [{\"from\": \"source\", \"by\": \"forward\"}]}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"run\": {\"duration\": \"400000 s\", \"warmup\": \"1000 s\"}}";

static const char tandem[] =
    "{\"job\": {\"operators\": ["
    "{\"name\": \"a\", \"service\": {\"dist\": \"exponential\", \"mean\": \"1 s\"}, "
    "\"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": \"0.7/s\"}}},"
    "{\"name\": \"b\", \"service\": {\"dist\": \"exponential\", \"mean\": \"0.8 s\"}, "
    "\"inputs\": [{\"from\": \"a\"}]},"
    "{\"name\": \"c\", \"service\": {\"dist\": \"exponential\", \"mean\": \"1.1111111111111112 "
    "s\"}, \"inputs\": [{\"from\": \"b\"}]}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"run\": {\"duration\": \"1000000 s\", \"warmup\": \"1000 s\"}}";

/* The first station is never idle. */
static const char saturated[] =
    "{\"job\": {\"operators\": ["
    "{\"name\": \"first\", \"service\": {\"dist\": \"exponential\", \"mean\": \"1 s\"}, "
    "\"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": \"2/s\"}}},"
    "{\"name\": \"second\", \"service\": {\"dist\": \"exponential\", \"mean\": \"1 s\"}, "
    "\"inputs\": [{\"from\": \"first\", \"capacity\": 0}]}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"run\": {\"duration\": \"200000 s\", \"warmup\": \"1000 s\"}}";

/* As `queue`, but it breaks down, busy or idle, and then goes on where it was. */
static const char breakdowns[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": {\"dist\": \"exponential\", "
    "\"mean\": \"1 s\"}, \"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": "
    "\"0.5/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"failures\": [{\"strikes\": \"job\", \"loses\": \"nothing\", "
    "\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"100 s\"}}],"
    " \"recovery\": {\"downtime\": {\"dist\": \"exponential\", \"mean\": \"10 s\"}},"
    " \"run\": {\"duration\": \"1000000 s\", \"warmup\": \"2000 s\"}}";

/* The server stops where it is at the start of every period. */
static const char pauses[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": {\"dist\": \"exponential\", "
    "\"mean\": \"1 s\"}, \"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": "
    "\"0.6/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"stop_world\", \"cut\": \"preempt\", \"interval\": \"50 s\", "
    "\"cost\": \"5 s\"},"
    " \"run\": {\"duration\": \"500000 s\", \"warmup\": \"2000 s\"}}";

/* Everything done since the last checkpoint is queued again at a failure. */
static const char replay[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": {\"dist\": \"exponential\", "
    "\"mean\": \"1 s\"}, \"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": "
    "\"0.5/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"cost\": \"0 s\", \"cut\": \"preempt\", "
    "\"trigger\": {\"kind\": \"random\", \"law\": {\"dist\": \"exponential\", \"mean\": \"10 "
    "s\"}}},"
    " \"failures\": [{\"strikes\": \"job\", "
    "\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"100 s\"}}],"
    " \"recovery\": {\"downtime\": {\"dist\": \"exponential\", \"mean\": \"5 s\"}},"
    " \"run\": {\"duration\": \"1000000 s\", \"warmup\": \"2000 s\"}}";

/* An outage of 100 s that finds the queue empty. */
static const char outage[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": {\"dist\": \"exponential\", "
    "\"mean\": \"1 s\"}, \"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": "
    "\"0.6/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"failures\": [{\"strikes\": \"job\", \"loses\": \"nothing\", \"at\": [\"0 s\"]}],"
    " \"recovery\": {\"downtime\": \"100 s\"}, \"run\": {\"duration\": \"5000 s\"}}";

/*
 * A server that is never idle, and cut inside messages: what a failure destroys is the time since
 * the last usable cut, or since the restart.
 */
static const char rollback[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": \"10 s\", \"source\": "
    "{\"arrivals\": {\"process\": \"constant\", \"rate\": \"0.2/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"60 s\", \"mode\": \"async\", "
    "\"cost\": \"0 s\", \"cut\": \"preempt\"},"
    " \"failures\": [{\"strikes\": \"job\", "
    "\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"3600 s\"}}],"
    " \"run\": {\"duration\": \"1e6 s\"}}";

/* A source that always has messages: useful time is what outputs took. */
static const char busy[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": \"200 ms\", \"source\": "
    "{\"arrivals\": {\"process\": \"constant\", \"rate\": \"6/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"60 s\", \"cost\": \"5 s\", "
    "\"cost_per\": \"job\", \"trigger\": {\"kind\": \"fixed\", \"first\": \"55 s\"}},"
    " \"failures\": [{\"strikes\": \"job\", "
    "\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"600 s\"}}],"
    " \"recovery\": {\"restore\": \"30 s\"},"
    " \"run\": {\"duration\": \"200000 s\"}}";

/* Tasks of a source, each with a queue of its own, whose barriers meet at one sink. */
#define CHANNELS(k, rate, service, interval)                                                       \
    "{\"job\": {\"operators\": ["                                                                  \
    "{\"name\": \"source\", \"tasks\": " k ", \"source\": {\"arrivals\": {\"process\": "           \
    "\"poisson\", \"rate\": \"" rate "/s\"}}},"                                                    \
    "{\"name\": \"server\", \"tasks\": " k ", \"service\": " service ", "                          \
    "\"inputs\": [{\"from\": \"source\", \"by\": \"forward\"}]},"                                  \
    "{\"name\": \"sink\", \"inputs\": [{\"from\": \"server\"}]}]},"                                \
    " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"" interval "\", \"cost\": \"0 "  \
    "s\"},"                                                                                        \
    " \"run\": {\"duration\": \"100000 s\"}}"
#define EXPONENTIAL_1 "{\"dist\": \"exponential\", \"mean\": \"1 s\"}"

static const char channels_2[] = CHANNELS("2", "1.2", EXPONENTIAL_1, "100 s");
static const char channels_4[] = CHANNELS("4", "3.2", EXPONENTIAL_1, "300 s");
static const char channels_16[] = CHANNELS("16", "14.4", EXPONENTIAL_1, "1000 s");
static const char regular_4[] = CHANNELS("4", "3.2", "\"1 s\"", "150 s");
/* One barrier a run, after 300 s. */
static const char regular_1[] =
    "{\"job\": {\"operators\": ["
    "{\"name\": \"source\", \"source\": {\"arrivals\": {\"process\": \"poisson\", "
    "\"rate\": \"0.8/s\"}}},"
    "{\"name\": \"server\", \"service\": \"1 s\", \"inputs\": [{\"from\": \"source\"}]}]},"
    " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"300 s\", \"cost\": \"0 s\"},"
    " \"run\": {\"duration\": \"590 s\"}}";

#define RATE(rate) "/job/operators/0/source/arrivals/rate=" rate "/s"
#define SERVICE(law) "/job/operators/0/service=" law
#define MEAN_OF(what, name, value)                                                                 \
    {                                                                                              \
        what, RATIO, name##_sum_of, .expected = (value), .over = name##_count_of                   \
    }
#define LATENCY_QUANTILE(p, value)                                                                 \
    {                                                                                              \
        "quantile " #p " of the latency", EVENT_QUANTILE, .expected = (value), .at = (p),          \
                                                          .event = M_LATENCY                       \
    }

/* W = Wq + mean service. */
#define M_M_1(name, runs, rate, mean, length, l, w, q50, q95, q99, q999)                           \
    {                                                                                              \
        .id = (name), .base = queue,                                                               \
        .sets = {RATE(rate), SERVICE("{\"dist\": \"exponential\", \"mean\": \"" mean "\"}"),       \
                 "/run/duration=" length},                                                         \
        .n = (runs),                                                                               \
        .values = {                                                                                \
            {"L", MEAN, in_system_of, .expected = (l)},                                            \
            MEAN_OF("W", latency, w),                                                              \
            LATENCY_QUANTILE(0.5, q50),                                                            \
            LATENCY_QUANTILE(0.95, q95),                                                           \
            LATENCY_QUANTILE(0.99, q99),                                                           \
            LATENCY_QUANTILE(0.999, q999),                                                         \
        },                                                                                         \
    }
#define M_D_1(name, rate, length, wq, l, q99)                                                      \
    {                                                                                              \
        .id = (name), .base = queue, .sets = {RATE(rate), "/run/duration=" length}, .n = 40,       \
        .values = {                                                                                \
            MEAN_OF("Wq + d", latency, (wq) + 1),                                                  \
            {"L", MEAN, in_system_of, .expected = (l)},                                            \
            LATENCY_QUANTILE(0.99, q99),                                                           \
        },                                                                                         \
    }
#define M_G_1(name, law, wq)                                                                       \
    {                                                                                              \
        .id = (name), .base = queue,                                                               \
        .sets = {RATE("0.7"), SERVICE(law), "/run/duration=100000 s"}, .n = 40,                    \
        .values = {MEAN_OF("Wq + E[S]", latency, (wq) + 1)},                                       \
    }
#define M_M_C(name, c, rate, wq)                                                                   \
    {                                                                                              \
        .id = (name), .base = queue,                                                               \
        .sets = {RATE(rate), SERVICE(EXPONENTIAL_1), "/job/operators/0/in_flight=" c,              \
                 "/run/duration=20000 s"},                                                         \
        .n = 40, .values = {MEAN_OF("Wq + 1", latency, (wq) + 1)},                                 \
    }
/* K counts the one in service, which is not in the channel. W of those accepted = L / accepted
 * rate. */
#define M_M_1_K(name, rate, capacity, block, w)                                                    \
    {                                                                                              \
        .id = (name), .base = buffer,                                                              \
        .sets = {RATE(rate), "/job/operators/1/inputs/0/capacity=" capacity,                       \
                 "/job/operators/1/inputs/0/on_full=drop"},                                        \
        .n = 40,                                                                                   \
        .values = {                                                                                \
            {"P(block)", RATIO, lost_messages_of, .expected = (block), .over = arrived_of},        \
            MEAN_OF("W", latency, w),                                                              \
        },                                                                                         \
    }
#define LINE(name, capacity, mean2, rate)                                                          \
    {                                                                                              \
        .id = (name), .base = saturated,                                                           \
        .sets = {"/job/operators/1/inputs/0/capacity=" capacity,                                   \
                 "/job/operators/1/service/mean=" mean2},                                          \
        .n = 40, .values = {{"throughput", MEAN, throughput_of, .expected = (rate)}},              \
    }
#define BROKEN(name, rate, mtbf, repair, w, up)                                                    \
    {                                                                                              \
        .id = (name), .base = breakdowns,                                                          \
        .sets = {RATE(rate), "/failures/0/time_to_failure/mean=" mtbf,                             \
                 "/recovery/downtime=" repair},                                                    \
        .n = 40,                                                                                   \
        .values = {                                                                                \
            MEAN_OF("W", latency, w),                                                              \
            {"availability", MEAN, availability_of, .expected = (up)},                             \
        },                                                                                         \
    }
#define EXPONENTIAL_REPAIR(mean) "{\"dist\": \"exponential\", \"mean\": \"" mean "\"}"
#define PAUSES(name, rate, interval, cost, w)                                                      \
    {                                                                                              \
        .id = (name), .base = pauses,                                                              \
        .sets = {RATE(rate), "/checkpoint/interval=" interval, "/checkpoint/cost=" cost}, .n = 40, \
        .values = {MEAN_OF("W", latency, w)},                                                      \
    }
#define ROLLBACK(name, mtbf, interval, cost, age)                                                  \
    {                                                                                              \
        .id = (name), .base = rollback,                                                            \
        .sets = {"/failures/0/time_to_failure/mean=" mtbf, "/checkpoint/interval=" interval,       \
                 "/checkpoint/cost=" cost},                                                        \
        .n = 100, .values = {MEAN_OF("E[rollback]", lost_work, age)},                              \
    }
/*
 * The reference queues what a failure destroys at the failure, here it is read again when the
 * server is up: while it is down, duplicates per failure + P(busy while up) are not in the queue.
 */
#define REPLAY(name, rate, mtbf, repair, law, duplicates, per_failure, completions, up, left)      \
    {                                                                                              \
        .id = (name), .base = replay,                                                              \
        .sets = {RATE(rate), "/failures/0/time_to_failure/mean=" mtbf,                             \
                 "/recovery/downtime/mean=" repair, "/checkpoint/trigger/law/mean=" law},          \
        .n = 40,                                                                                   \
        .values = {                                                                                \
            {"duplicate rate", MEAN, reprocessed_per_s_of, .expected = (duplicates)},              \
            {"duplicates per failure", RATIO, reprocessed_of, .expected = (per_failure),           \
             .over = failures_of},                                                                 \
            {"completions per s", MEAN, processed_per_s_of, .expected = (completions)},            \
            {"availability", MEAN, availability_of, .expected = (up)},                             \
            {"messages still to process", MEAN, in_system_of, .expected = (left)},                 \
        },                                                                                         \
    }

const struct known_answer known_streams[] = {
    M_M_1("F01", 40, "0.5", "1 s", "100000 s", 1, 2, 1.38629436, 5.99146455, 9.21034037,
          13.8155106),
    M_M_1("F02", 40, "0.8", "1 s", "400000 s", 4, 5, 3.4657359, 14.9786614, 23.0258509, 34.5387764),
    M_M_1("F03", 50, "0.95", "1 s", "5000000 s", 19, 20, 13.8629436, 59.9146455, 92.1034037,
          138.155106),
    M_M_1("F04", 40, "90", "10 ms", "10000 s", 9, 0.1, 0.0693147181, 0.299573227, 0.460517019,
          0.690775528),
    M_D_1("F05", "0.5", "100000 s", 0.5, 0.75, 4.33625596),
    M_D_1("F06", "0.8", "300000 s", 2, 2.4, 11.3558868),
    M_D_1("F07", "0.95", "2000000 s", 9.5, 9.975, 45.9377655),
    M_G_1("F08", "{\"dist\": \"erlang\", \"mean\": \"1 s\", \"k\": 4}", 1.45833333),
    M_G_1("F09", "{\"dist\": \"lognormal\", \"mean\": \"1 s\", \"sigma\": 1}", 3.1713288),
    M_G_1("F10",
          "{\"dist\": \"mixture\", \"weight\": 0.9, \"first\": {\"dist\": \"exponential\", "
          "\"mean\": \"0.5 s\"}, \"second\": {\"dist\": \"exponential\", \"mean\": \"5.5 s\"}}",
          7.58333333),
    M_M_C("F11", "4", "3.2", 0.74554059),
    M_M_C("F12", "16", "14", 0.254241103),
    M_M_1_K("F13", "0.9", "9", 0.0508137313, 4.64660067),
    M_M_1_K("F14", "1.2", "4", 0.250588122, 3.35949259),
    {
        .id = "F15",
        .base = tandem,
        .n = 20,
        .values =
            {
                MEAN_OF("E[latency]", latency, 10.1515152),
                LATENCY_QUANTILE(0.5, 8.83527756),
                LATENCY_QUANTILE(0.95, 22.1974346),
                LATENCY_QUANTILE(0.99, 30.5540601),
            },
    },
    LINE("F16", "0", "1 s", 0.666666667),
    LINE("F17", "4", "1 s", 0.857142857),
    LINE("F18", "3", "1.25 s", 0.728944401),
    BROKEN("F20", "0.5", "100 s", EXPONENTIAL_REPAIR("10 s"), 4.46464646, 0.909090909),
    BROKEN("F21", "0.6", "20 s", EXPONENTIAL_REPAIR("4 s"), 6.66666667, 0.833333333),
    BROKEN("F22", "0.5", "50 s", "10 s", 5.08333333, 0.833333333),
    BROKEN("F23", "0.7", "1000 s", "60 s", 10.6903613, 0.943396226),
    {
        .id = "F24", /* W = L / rate */
        .base = breakdowns,
        .sets = {SERVICE("1 s"), "/failures/0/time_to_failure/mean=50 s",
                 "/recovery/downtime=10 s"},
        .n = 40,
        .values = {MEAN_OF("W", latency, 2.09166667 / 0.5)},
    },
    {
        .id = "F25", /* Poisson checkpoints stop the world too; what stops it fails no more */
        .base = breakdowns,
        .sets = {"/checkpoint/strategy=stop_world", "/checkpoint/cut=preempt",
                 "/checkpoint/cost=2 s", "/checkpoint/interval_from=end",
                 "/checkpoint/overrun=skip",
                 "/checkpoint/trigger={\"kind\": \"random\", \"law\": {\"dist\": "
                 "\"exponential\", \"mean\": \"50 s\"}}",
                 "/failures/0/time_to_failure/mean=500 s", "/failures/0/exposure=[\"work\"]",
                 "/recovery/downtime=50 s"},
        .n = 40,
        .values = {MEAN_OF("W", latency, 3.91636067 / 0.5)},
    },
    PAUSES("F26", "0.6", "50 s", "5 s", 3.77948562),
    PAUSES("F27", "0.5", "100 s", "20 s", 6.80773172),
    {
        /* The backlog is gone when the last waiting message starts: one passage from 1 to 0, of
         * mean 2.5 s and SD 5 s, before the queue is empty. */
        .id = "F30",
        .base = outage,
        .n = 20000,
        .values = {{"E[catch-up]", MEAN, catch_up_of, .expected = 150 - 2.5},
                   {"SD[catch-up]", SD, catch_up_of, .expected = 43.0116263}},
    },
    {
        .id = "F31", /* fluid: to within one message */
        .base = outage,
        .sets = {SERVICE("1 ms"),
                 "/job/operators/0/source/arrivals={\"process\": \"constant\", \"rate\": "
                 "\"600/s\"}",
                 "/recovery/downtime=100.0005 s", "/run/duration=300 s"},
        .n = 1,
        .values = {{"catch-up", COMPUTED, catch_up_of, .expected = 149.996}},
    },
    ROLLBACK("F40", "3600 s", "60 s", "0 s", 29.9166671),
    ROLLBACK("F41", "1000 s", "600 s", "0 s", 270.178471),
    ROLLBACK("F42", "1000 s", "600 s", "45 s", 302.292456),
    ROLLBACK("F43", "100 s", "600 s", "0 s", 98.509053),
    REPLAY("F50", "0.5", "100 s", "5 s", "10 s", 0.05, 5.25, 0.55, 0.952380952,
           2.86165117 - 0.2775),
    REPLAY("F51", "0.3", "20 s", "2 s", "5 s", 0.075, 1.65, 0.375, 0.909090909,
           1.26092843 - 0.1875),
    {
        .id = "F61",
        .base = busy,
        .sets = {"/checkpoint/interval=60 s", "/checkpoint/interval_from=end",
                 "/checkpoint/trigger=fixed", "/checkpoint/cost=2 s",
                 "/failures/0/time_to_failure/mean=3600 s", "/recovery/restore=20 s",
                 "/recovery/downtime=10 s"},
        .n = 40,
        .values = {{"fraction", MEAN, useful_share_of, .expected = 0.951474136}},
    },
    {.id = NULL},
};

/* ---- G: cuts every T, of which the checkpoint takes c; its marker needs (n - 1) delta to cross
 * ---- */

/* A stage that only passes messages on, `delta` after it got them. */
#define HOP(n, from, delta)                                                                        \
    ", {\"name\": \"" n "\", \"inputs\": [{\"from\": \"" from "\", \"latency\": \"" delta " s\"}]" \
    "}"
#define HOPS_4(d) HOP("h1", "server", d) HOP("h2", "h1", d) HOP("h3", "h2", d) HOP("h4", "h3", d)
#define HOPS_9(d)                                                                                  \
    HOPS_4(d)                                                                                      \
    HOP("h5", "h4", d) HOP("h6", "h5", d) HOP("h7", "h6", d) HOP("h8", "h7", d) HOP("h9", "h8", d)
#define HOPS_19(d)                                                                                 \
    HOPS_9(d)                                                                                      \
    HOP("h10", "h9", d)                                                                            \
    HOP("h11", "h10", d)                                                                           \
    HOP("h12", "h11", d)                                                                           \
    HOP("h13", "h12", d)                                                                           \
    HOP("h14", "h13", d)                                                                           \
    HOP("h15", "h14", d)                                                                           \
    HOP("h16", "h15", d) HOP("h17", "h16", d) HOP("h18", "h17", d) HOP("h19", "h18", d)
#define OPERATORS(service, rate, hops)                                                             \
    "/job/operators=[{\"name\": \"server\", \"service\": \"" service "\", \"source\": "            \
    "{\"arrivals\": {\"process\": \"constant\", \"rate\": \"" rate "\"}}}" hops "]"

/* Some 80 to 300 failures in each run. Starting up to a service late is small beside the MTBF. */
#define G01 OPERATORS("200 ms", "6/s", ""), "/run/duration=200000 s"
#define G02 OPERATORS("200 ms", "6/s", HOPS_4("2")), "/run/duration=200000 s"
#define G03 OPERATORS("1 s", "1.2/s", HOPS_19("0.5")), "/run/duration=300000 s"
#define G04 OPERATORS("50 ms", "25/s", HOPS_9("1")), "/run/duration=20000 s"

/* First cut after `first` = T - c, so that the first is usable R + (n - 1) delta + T after a
 * failure. */
#define UTILISATION(name, what, graph, mtbf, interval, first, cost, restart, u, ...)               \
    {                                                                                              \
        .id = (name), .base = busy,                                                                \
        .sets = {graph,                                                                            \
                 "/failures/0/time_to_failure/mean=" mtbf " s",                                    \
                 "/checkpoint/interval=" interval " s",                                            \
                 "/checkpoint/trigger/first=" first " s",                                          \
                 "/checkpoint/cost=" cost " s",                                                    \
                 "/recovery/restore=" restart " s",                                                \
                 __VA_ARGS__},                                                                     \
        .n = 20, .values = {{what, MEAN, useful_share_of, .expected = (u)}},                       \
    }
#define SAFE_RESTART "/failures/0/exposure=[\"work\", \"checkpoint\"]"

const struct known_answer known_utilisation[] = {
    UTILISATION("G01", "U", G01, "600", "60", "55", "5", "30", 0.829088803, NULL),
    UTILISATION("G01", "U(T*)", G01, "600", "79.1628166", "74.1628166", "5", "30", 0.833653002,
                NULL),
    UTILISATION("G01", "U', safe restart", G01, "600", "60", "55", "5", "30", 0.830092471,
                SAFE_RESTART),
    UTILISATION("G02", "U", G02, "600", "60", "55", "5", "30", 0.818107656, NULL),
    UTILISATION("G02", "U(T*)", G02, "600", "79.1628166", "74.1628166", "5", "30", 0.822611403,
                NULL),
    UTILISATION("G02", "U', safe restart", G02, "600", "60", "55", "5", "30", 0.819098031,
                SAFE_RESTART),
    UTILISATION("G03", "U", G03, "3600", "120", "110", "10", "60", 0.884237228, NULL),
    UTILISATION("G03", "U(T*)", G03, "3600", "271.703313", "261.703313", "10", "60", 0.909574203,
                NULL),
    UTILISATION("G03", "U', safe restart", G03, "3600", "120", "110", "10", "60", 0.884358699,
                SAFE_RESTART),
    UTILISATION("G04", "U", G04, "60", "20", "18", "2", "5", 0.600504066, NULL),
    UTILISATION("G04", "U(T*)", G04, "60", "16.1882912", "14.1882912", "2", "5", 0.604630236, NULL),
    UTILISATION("G04", "U', safe restart", G04, "60", "20", "18", "2", "5", 0.602483355,
                SAFE_RESTART),
    {.id = NULL},
};

/* ---- E20 to E25 ---- */

/* The servers wait for their queues; the sink, which waits for the first of them, is taken out. */
static double waits_of(const struct metrics *metrics, const struct model *model)
{
    double k = (double)(model->job.tasks - 1) / 2;
    double soonest = metrics->value[M_CHECKPOINT_DURATION] - metrics->value[M_ALIGNMENT];
    return (metrics->value[M_START_DELAY] - soonest) / k;
}

#define BARRIERS(name, scenario, runs, most, own, spread)                                          \
    {                                                                                              \
        .id = (name), .base = (scenario), .n = (runs),                                             \
        .values = {                                                                                \
            MEAN_OF("E[max wait]", round, most),                                                   \
            {"E[wait]", RATIO, waits_of, .expected = (own), .over = round_count_of},               \
            {"E[max - min]", RATIO, alignments_of, .expected = (spread), .over = round_count_of},  \
        },                                                                                         \
    }
#define WITHIN(x, p)                                                                               \
    {                                                                                              \
        "P(W <= " #x ")", SHARE, duration_of, .expected = (p), .at = (x)                           \
    }

const struct known_answer known_stream_barriers[] = {
    BARRIERS("E20", channels_2, 40, 2.55, 1.5, 2.1),
    BARRIERS("E21", channels_4, 40, 9.30133333, 4, 8.78933333),
    BARRIERS("E22", channels_16, 20, 32.7536848, 9, 32.637871),
    {
        .id = "E23",
        .base = regular_1,
        .n = 20000,
        .values =
            {
                WITHIN(1e-9, 0.2),
                WITHIN(0.5, 0.29836494),
                WITHIN(1, 0.445108186),
                WITHIN(2, 0.634519936),
                WITHIN(5, 0.899502762),
                WITHIN(10, 0.988342892),
                {"E[W]", MEAN, duration_of, .expected = 2},
                {"quantile 0.90 of W", QUANTILE, duration_of, .expected = 5.0115115, .at = 0.9},
                {"quantile 0.99 of W", QUANTILE, duration_of, .expected = 10.3558868, .at = 0.99},
            },
    },
    {
        .id = "E24",
        .base = regular_1,
        .sets = {RATE("0.5")},
        .n = 20000,
        .values =
            {
                WITHIN(1e-9, 0.5),
                WITHIN(0.5, 0.642012708),
                WITHIN(1.5, 0.897996831),
                WITHIN(3, 0.9847487),
                {"E[W]", MEAN, duration_of, .expected = 0.5},
                {"quantile 0.90 of W", QUANTILE, duration_of, .expected = 1.51574484, .at = 0.9},
                {"quantile 0.99 of W", QUANTILE, duration_of, .expected = 3.33625596, .at = 0.99},
            },
    },
    BARRIERS("E25", regular_4, 40, 4.50236629, 2, 4.19894519),
    {.id = NULL},
};
