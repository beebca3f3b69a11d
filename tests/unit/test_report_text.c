// SPDX-License-Identifier: GPL-3.0-or-later
/* What report/ shows to people: numbers, tables, the text reports, and the data of plots. */
#include <stdio.h>
#include <stdlib.h>

#include "report/file.h"
#include "report/plot.h"
#include "report/plot_axis.h"
#include "report/quantity.h"
#include "report/sweep.h"
#include "report/table.h"
#include "report/text.h"
#include "support.h"
#include "unit/report_results.h"

static const struct plot_wish usual = {N_METRICS, (double)NAN, (double)NAN};
static const struct plot_wish makespan = {M_MAKESPAN, (double)NAN, (double)NAN};

static void assert_text(struct buffer *out, const char *expected)
{
    assert_string_equal(out->data, expected);
    buffer_release(out);
}

static void assert_contains(const struct buffer *out, const char *part)
{
    if (!strstr(out->data, part))
        fail_msg("'%s' is not in:\n%s", part, out->data);
}

/* ---- numbers ---- */

static void estimates_show_the_digits_that_their_uncertainty_leaves(void **state)
{
    (void)state;
    static const struct {
        double mean, half_width;
        enum dimension dimension;
        const char *expected;
    } cases[] = {
        {0.075149, 0.000812, DIMENSION_NONE, "0.0751 ± 0.0008"},
        {795.64, 12.3, DIMENSION_NONE, "796 ± 12"},
        {121.44, 0.94, DIMENSION_TIME, "2.024 ± 0.016 min"},
        {2997216, 4320, DIMENSION_TIME, "34.69 ± 0.05 d"},
        {0, 0.5, DIMENSION_NONE, "0.0 ± 0.5"},
        {137, 0, DIMENSION_TIME, "2.28333 min"},
        {2592000, 1e-9, DIMENSION_TIME, "30 d"},
        {0.25, (double)NAN, DIMENSION_NONE, "0.25"},
        {(double)NAN, (double)NAN, DIMENSION_TIME, "-"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        char text[QUANTITY_TEXT];
        assert_string_equal(
            quantity_estimate(cases[i].mean, cases[i].half_width, cases[i].dimension, text),
            cases[i].expected);
    }
    char text[QUANTITY_TEXT];
    assert_string_equal(quantity_like(3000000, 2997216, 4320, DIMENSION_TIME, text), "34.72 d");
}

static void a_scale_is_what_the_unit_means(void **state)
{
    (void)state;
    assert_same_double(scale_for(90000, DIMENSION_TIME).factor, 3600);
    assert_string_equal(scale_for(90000, DIMENSION_TIME).unit, "h");
    assert_same_double(scale_for(3e12, DIMENSION_BYTES).factor, 1e12);
    assert_same_double(scale_for(25000, DIMENSION_RATE).factor, 1000);
    assert_string_equal(scale_for(25000, DIMENSION_RATE).unit, "k/s");
    assert_same_double(scale_for(7, DIMENSION_NONE).factor, 1);
}

static void columns_are_aligned_by_characters_not_bytes(void **state)
{
    (void)state;
    struct buffer out = {0};
    struct table table = {.align = "lrl"};
    static const char *const cells[] = {"a", "1 ± 2", "x", "\xC3\xA9\xC3\xA9", "10000", "",
                                        "b", "",      "y"};
    for (size_t i = 0; i < MEM_COUNT(cells); i++)
        table_add(&table, cells[i]);
    table_write(&table, &out);
    assert_text(&out, "  a   1 ± 2  x\n  \xC3\xA9\xC3\xA9  10000\n  b          y\n");
}

/* ---- sweeps ---- */

static void a_sweep_reads_between_its_points_in_the_logarithm(void **state)
{
    (void)state;
    struct results results;
    struct sweep sweep;
    struct sweep_reading reading;
    make_sweep(&results);
    sweep_init(&sweep, &results);
    assert_int_equal(sweep.n_keys, 1);
    assert_true(sweep.keys[0].is_numeric);
    assert_string_equal(sweep.keys[0].label, "checkpoint interval");
    double left = results.points[1].estimates[M_WASTE].mean;
    double right = results.points[2].estimates[M_WASTE].mean;
    double middle = sqrt(3600.0 * 10800.0);
    assert_true(sweep_read_at(&sweep, M_WASTE, middle, &reading));
    assert_near(reading.mean, (left + right) / 2, 1e-12);
    assert_true(reading.left == 1 && reading.right == 2);
    assert_true(sweep_read_at(&sweep, M_WASTE, 10850, &reading)); /* within 1 % of a point */
    assert_same_double(reading.mean, right);
    assert_true(reading.left == 2 && reading.right == 2);
    assert_false(sweep_read_at(&sweep, M_WASTE, 800, &reading));
    assert_false(sweep_read_at(&sweep, M_WASTE, 90000, &reading));
    assert_near(sweep_reference(&sweep, "young"), sqrt(2.0 * 600 * 86400), 1e-9);
    assert_true(isnan(sweep_reference(&sweep, "planned"))); /* differs from point to point */
    sweep_release(&sweep);
    results_release(&results);
}

static void a_second_key_makes_one_series_per_value(void **state)
{
    (void)state;
    struct results results;
    struct sweep sweep;
    make_results(&results, 4, "{}");
    static const double interval[] = {7200, 3600, 7200, 3600};
    for (size_t i = 0; i < 4; i++) {
        set_setting(&results, i, "/checkpoint/strategy", i < 2 ? "\"barrier\"" : "\"none\"",
                    (double)NAN);
        set_setting(&results, i, "/checkpoint/interval", interval[i] > 5000 ? "\"2 h\"" : "\"1 h\"",
                    interval[i]);
        set_estimate(&results.points[i], M_AVAILABILITY, 0.5 + 0.1 * (double)i, 0.01, 5);
        set_estimate(&results.points[i], M_WASTE, 0.5 - 0.1 * (double)i, 0.01, 5);
    }
    sweep_init(&sweep, &results);
    assert_int_equal(sweep.n_series, 2);
    assert_string_equal(sweep.keys[sweep.axis].pointer, "/checkpoint/interval");
    assert_string_equal(sweep.series[0].name, "checkpoint strategy barrier");
    assert_string_equal(sweep.series[1].name, "checkpoint strategy none");
    static const size_t order[] = {1, 0, 3, 2};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(sweep.order[i], order[i]);
    assert_int_equal(sweep_best(&sweep, M_WASTE), 3);
    assert_int_equal(sweep_best(&sweep, M_AVAILABILITY), 3); /* where more is better */
    sweep_release(&sweep);
    results_release(&results);
}

static void labels_that_would_be_the_same_are_whole_pointers(void **state)
{
    (void)state;
    struct results results;
    struct sweep sweep;
    make_results(&results, 2, "{}");
    for (size_t i = 0; i < 2; i++) {
        set_setting(&results, i, "/failures/0/time_to_failure/mean", i ? "\"1 d\"" : "\"2 d\"", 1);
        set_setting(&results, i, "/failures/1/time_to_failure/mean", i ? "\"3 d\"" : "\"4 d\"", 1);
    }
    sweep_init(&sweep, &results);
    assert_string_equal(sweep.keys[1].label, "/failures/1/time_to_failure/mean");
    sweep_release(&sweep);
    results_release(&results);
}

/* ---- text ---- */

static void a_run_is_one_screen_with_the_answer_first(void **state)
{
    (void)state;
    struct results results;
    struct buffer out = {0};
    make_results(&results, 1,
                 "{\"description\":\"By\\u001b[31m hand\",\"checkpoint\":{\"strategy\":"
                 "\"periodic\",\"trigger\":{\"kind\":\"young\"}}}");
    struct point *point = &results.points[0];
    set_estimate(point, M_MAKESPAN, 137, 0, 4);
    set_estimate(point, M_WASTE, 0.25, 0.1, 16);
    set_estimate(point, M_FAILURES, 3, 0, 4);
    set_estimate(point, M_FAILURES_IGNORED, 0, 0, 4);
    set_estimate(point, M_LOST_WORK, 0, 0, 0);
    set_estimate(point, M_RECOVERY_TIME, 10, 0, 12);
    set_estimate(point, M_RESTORE, 10, 0, 12);
    set_estimate(point, M_DETECT, 0, 0, 12);
    set_estimate(point, M_TIME_WORK, 100, 0, 4);
    set_estimate(point, M_TIME_DOWN, 25, 0, 4);
    add_prediction(&results, 0, "makespan_s", 137, "by hand");
    add_prediction(&results, 0, "waste", 0.5, "Daly 2006");
    add_reference(&results, 0, "planned", 7200, "what this scenario uses");
    add_reference(&results, 0, "young", 7200, "Young 1974");
    const char *warnings[] = {"mind the gap"};
    point->warnings = warnings;
    point->n_warnings = 1;
    text_write(&results, M_WASTE, &out);
    assert_text(
        &out,
        "By [31m hand\n"
        "periodic: a checkpoint every 2 h, found by trigger: young (Young 1974)\n"
        "\n"
        "  waste     0.25 ± 0.05  predicted 0.50, outside the 95 % interval: simulated -50 %\n"
        "  makespan  2.28333 min  predicted 2.28333 min, equal\n"
        "\n"
        "  predicted by: by hand (makespan)\n"
        "  predicted by: Daly 2006 (waste)\n"
        "\n"
        "            mean         p50       p90       p99\n"
        "  makespan  2.28333 min  2.28 min  2.28 min  2.28 min\n"
        "  waste     0.25 ± 0.05  0.25      0.29      0.299\n"
        "  failures  3            3         3         3\n"
        "\n"
        "  recovery of a failure  mean  p50   p90   p99\n"
        "  restore                10 s  10 s  10 s  10 s\n"
        "  total                  10 s  10 s  10 s  10 s\n"
        "\n"
        "  time budget    share  mean\n"
        "  work         80.00 %  100 s\n"
        "  down         20.00 %  25 s\n"
        "\n"
        "± is half of a 95 % interval; 30 replications, seed 9007199254740991\n"
        "note: waste is known to 20 %; for 10 % use --replications 64\n"
        "warning: mind the gap\n");
    results_release(&results);
}

static void a_sweep_marks_the_best_and_says_how_sure_it_is(void **state)
{
    (void)state;
    struct results results;
    struct buffer out = {0};
    make_sweep(&results);
    text_write(&results, M_WASTE, &out);
    assert_contains(&out, "periodic: the interval is swept\n");
    assert_contains(&out, "  *                  3 h  0.118 ± 0.010      0.119  11.34 ± 0.03 d");
    assert_contains(&out,
                    "\n4 of 5 predictions are inside the 95 % interval; predicted by: by hand");
    assert_contains(&out, "* waste is lowest, 0.118 ± 0.010, at checkpoint interval 3 h\n"
                          "  any value from 1 h to 8 h does as well");
    assert_contains(&out, "best at 2.81 h (95 %: 2.42 h to 3.31 h)\n");
    assert_contains(&out, "  young    2.828 h  0.122 ~     +3.2 %  Young 1974");
    assert_contains(&out, "  far         10 d  outside             nowhere near");
    assert_contains(&out, "~ between two points: interpolated linearly in the logarithm");
    assert_null(strstr(out.data, "planned"));
    assert_null(strstr(out.data, "widen"));
    buffer_clear(&out);
    results.recommendation.at_edge = true;
    results.recommendation.low = results.recommendation.high = 10800;
    text_write(&results, M_WASTE, &out);
    assert_contains(&out, "every other value is worse by 1 % or more");
    assert_contains(&out, "it is the edge of the sweep");
    buffer_release(&out);
    results_release(&results);
}

static void a_stream_run_is_told_on_one_screen(void **state)
{
    (void)state;
    struct results results;
    struct buffer out = {0};
    make_stream(&results);
    const char *warnings[] = {"12 messages are lost for good"};
    results.points[0].warnings = warnings;
    results.points[0].n_warnings = 1;
    *point_element(&results.points[0], E_OPERATOR_LOST, 1) = estimate_of(12, 3, 10);
    text_write(&results, M_WASTE, &out);
    assert_contains(&out,
                    "\n  latency       3.1416 ± 0.0004 s  p50 11.1 ms, p90 36.8 ms, p99 73.7 ms\n");
    assert_contains(&out, "\n  throughput    1999.2 ± 1.9 /s    2000.8 /s arrive\n");
    assert_contains(&out, "\n  lag messages  5322 ± 248 ");
    assert_contains(&out, "\n  operator  utilisation      latency                p50 ");
    assert_contains(&out,
                    "\n  count     0.3750 ± 0.0015  13.00000 ± 0.00018 ms  9.01 ms  59.9 ms ");
    assert_contains(&out, " 12.0 ± 1.9\n");
    assert_contains(&out, "\n  recovery of a failure  mean ");
    assert_contains(&out, "\n  time of the tasks    share  mean\n");
    assert_contains(&out, "\n  blocked             0.69 %  100 ± 3 s\n");
    assert_contains(&out, "\nquantiles of times are over events, right to 0.39 %\n");
    assert_contains(&out, "\nwarning: 12 messages are lost for good\n");
    assert_null(strstr(out.data, "makespan"));
    size_t lines = 0, width = 0, widest = 0;
    for (const char *c = out.data; *c; c++) {
        width = *c == '\n' ? 0 : width + ((*c & 0xc0) != 0x80);
        widest = width > widest ? width : widest;
        lines += *c == '\n';
    }
    assert_in_range(lines, 30, 50);
    assert_in_range(widest, 80, 115);
    buffer_release(&out);
    results_release(&results);
}

/* ---- plots ---- */

static void ticks_stand_at_round_values(void **state)
{
    (void)state;
    static const struct {
        double low, high;
        enum dimension dimension;
        const char *expected;
    } cases[] = {
        {900, 86400, DIMENSION_TIME,
         "1800 \"30 min\" \n3600 \"1 h\" \n7200 \"2 h\" \n21600 \"6 h\" \n43200 \"12 h\" \n"
         "86400 \"1 d\" \n"},
        {0.002, 0.3, DIMENSION_TIME,
         "0.002 \"2 ms\" \n0.0050000000000000001 \"5 ms\" \n0.01 \"10 ms\" \n0.02 \"20 ms\" \n"
         "0.050000000000000003 \"50 ms\" \n0.10000000000000001 \"100 ms\" \n"
         "0.20000000000000001 \"200 ms\" \n"},
        {1024, 1 << 20, DIMENSION_BYTES,
         "1024 \"1 KiB\" \n4096 \"4 KiB\" \n16384 \"16 KiB\" \n65536 \"64 KiB\" \n"
         "262144 \"256 KiB\" \n1048576 \"1 MiB\" \n"},
        {0, 5 * 3600, DIMENSION_TIME,
         "0 \"0\" \n1 \"1\" \n2 \"2\" \n3 \"3\" \n4 \"4\" \n5 \"5\" \n"},
        {3, 3, DIMENSION_NONE,
         "1.5 \"1.5\" \n2 \"2\" \n2.5 \"2.5\" \n3 \"3\" \n3.5 \"3.5\" \n4 \"4\" \n4.5 \"4.5\" \n"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct plot_axis axis;
        plot_axis_init(&axis, cases[i].low, cases[i].high, cases[i].dimension, 8);
        assert_string_equal(axis.ticks.data, cases[i].expected);
        plot_axis_release(&axis);
    }
}

static void every_plot_quotes_what_a_scenario_says(void **state)
{
    (void)state;
    static const char evil[] = "\\\"; system('x') `id` $(id) \\\\n # %d";
    struct results results;
    make_sweep(&results);
    char *scenario = mem_format("{\"description\":\"%s\"}", evil);
    char *value = mem_format("\"%s\"", evil);
    results.scenario = scenario;
    for (size_t i = 0; i < results.n_points; i++) {
        set_setting(&results, i, "/a`b`\"c", i % 2 ? value : "\"plain\"", (double)NAN);
        set_estimate(&results.points[i], M_CATCH_UP, 5, 1, 9);
        set_estimate(&results.points[i], M_RECOVERY_TIME, 5, 1, 9);
        set_estimate(&results.points[i], M_TIME_DOWN, 5, 1, 9);
        results.points[i].estimates[M_MAKESPAN].cdf =
            arena_alloc(&results.arena, CDF_POINTS, sizeof(double));
        add_elements(&results, &results.points[i], ELEMENT_OPERATOR, evil, 1);
        add_elements(&results, &results.points[i], ELEMENT_TASK, evil, 14);
        set_cdf(&results, point_element(&results.points[i], E_OPERATOR_LATENCY, 0), 0.02);
        results.points[i].story = make_story(&results);
    }
    for (const struct plot *plot = plots; plot->name; plot++) {
        struct err err = {0};
        struct buffer out = {0};
        assert_true(plot_write_data(plot, &results, &usual, &out, &err));
        for (const char *line = out.data; *line; line++) { /* quotes come in pairs on each line */
            size_t quotes = 0;
            for (; *line != '\n'; line++)
                quotes += *line == '"';
            assert_true(quotes % 2 == 0);
        }
        assert_null(strstr(out.data, "\n\n\n\n")); /* an empty block would be a warning */
        assert_contains(&out, "\"'; system('x') `id` $(id) \\\\n # %d\"");
        buffer_release(&out);
    }
    free(scenario);
    free(value);
    results_release(&results);
}

static void a_time_line_keeps_to_its_window(void **state)
{
    (void)state;
    static const struct plot_wish window = {N_METRICS, 3600, 3700};
    static const struct plot_wish later = {N_METRICS, 20000, 21000};
    static const struct plot_wish backwards = {N_METRICS, 3700, 3600};
    struct err err = {0};
    struct results results;
    struct buffer out = {0};
    make_stream(&results);
    assert_true(plot_write_data(plot_find("timeline"), &results, &window, &out, &err));
    assert_contains(&out, "\"A stream\" \"time (min)\" 60 61.666666666666664 14 2\n");
    assert_contains(&out, "\n5 \"count/0\" \n");
    assert_contains(&out, "\"down\" 2\n60.5 61.416666666666664 1\n");
    assert_contains(&out, "\"recovery\" 4\n61.416666666666664 61.666666666666664 1\n"); /* cut */
    assert_null(strstr(out.data, "\"checkpoint\""));
    buffer_clear(&out);
    assert_true(plot_write_data(plot_find("lag"), &results, &window, &out, &err));
    assert_contains(&out, "\n\n\n60.5 61.666666666666664 \n\n\n"); /* the failure */
    buffer_clear(&out);
    assert_false(plot_write_data(plot_find("lag"), &results, &later, &out, &err));
    assert_false(plot_write_data(plot_find("timeline"), &results, &later, &out, &err));
    assert_false(plot_write_data(plot_find("lag"), &results, &backwards, &out, &err));
    assert_string_equal(err.problems[0].message, "there are no samples between --from and --to");
    assert_string_equal(err.problems[1].message,
                        "all tasks ran all the time: there is nothing to show");
    assert_string_equal(err.problems[2].message, "there is nothing between --from and --to");
    err_release(&err);
    buffer_release(&out);
    results_release(&results);
}

/* Of many samples, what is seen is the highest lag and the mean of the rates. */
static void a_long_series_keeps_its_peaks(void **state)
{
    (void)state;
    enum { SAMPLES = 6000, PEAK = 4321 };
    struct err err = {0};
    struct results results;
    struct buffer out = {0};
    make_stream(&results);
    struct story story = {0};
    for (int i = 0; i < SAMPLES; i++)
        story_add_sample(
            &story, i + 1,
            (double[N_SERIES]){
                [SERIES_LAG] = i == PEAK ? 987 : 1, [SERIES_ARRIVALS] = i % 2 ? 5 : 7});
    results.points[0].story = &story;
    assert_true(plot_write_data(plot_find("lag"), &results, &usual, &out, &err));
    assert_contains(&out, " 987 6 0 \n");
    size_t lines = 0;
    for (const char *c = out.data; *c; c++)
        lines += *c == '\n';
    assert_in_range(lines, 1500, 1530);
    story_release(&story);
    buffer_release(&out);
    results_release(&results);
}

static void a_curve_has_its_marks_and_its_span(void **state)
{
    (void)state;
    struct err err = {0};
    struct results results;
    struct buffer out = {0};
    make_sweep(&results);
    assert_true(plot_write_data(plot_find("curve"), &results, &usual, &out, &err));
    assert_contains(&out, "\"A sweep\" \"checkpoint interval\" \"waste\" ");
    assert_contains(&out,
                    " 1 0 1 0 1 1 \"1\" 3600 28800 \n\n\n"); /* log, no names, from 0, 1 mark .. */
    assert_contains(&out, " \"Young 2.83 h\" \n");
    buffer_clear(&out);
    assert_true(plot_write_data(plot_find("curve"), &results, &makespan, &out, &err));
    assert_contains(&out, "\"makespan (d)\" ");
    assert_contains(&out, " 1 0 1 0 1 1 \"\" 0 0 \n"); /* no predictions, no span for this metric */
    assert_null(strstr(out.data, "Far"));              /* outside the axis */
    buffer_release(&out);
    results_release(&results);
}

static void add_curve_of_names(struct buffer *out, double most)
{
    static const char *const names[] = {"\"none\"", "\"barrier\"", "\"stop_world\""};
    struct err err = {0};
    struct results results;
    make_results(&results, 3, "{\"description\":\"Names\"}");
    for (size_t i = 0; i < 3; i++) {
        set_setting(&results, i, "/checkpoint/strategy", names[i], (double)NAN);
        set_estimate(&results.points[i], M_WASTE, i == 0 ? most : 0.01, 0.001, 30);
    }
    assert_true(plot_write_data(plot_find("curve"), &results, &usual, out, &err));
    results_release(&results);
}

static void one_name_out_of_proportion_makes_the_axis_logarithmic(void **state)
{
    (void)state;
    struct buffer out = {0};
    add_curve_of_names(&out, 0.9);
    assert_contains(&out, " 0 1 1 1 0 1 \"\" "); /* names, from 0, log */
    buffer_clear(&out);
    add_curve_of_names(&out, 0.1);
    assert_contains(&out, " 0 1 1 0 0 1 \"\" ");
    buffer_release(&out);
}

static void a_plot_without_data_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *plot;
        enum metric metric;
        const char *message;
    } cases[] = {
        {"curve", N_METRICS, "the plot 'curve' needs results of a sweep, of several points"},
        {"phases", N_METRICS, "there is no recovery to plot: no failure was recovered from"},
        {"budget", N_METRICS, "there is nothing to plot beside work"},
        {"cdf", N_METRICS, "the results hold no distributions"},
        {"cdf", M_FAILURES, "the results hold no distribution of 'failures'"},
        {"latency", N_METRICS, "the results hold no latencies: those are of stream jobs"},
        {"latency", M_WASTE, "the plot 'latency' shows parts of its own, not 'waste'"},
        {"lag", N_METRICS,
         "the results hold no time series: those are of stream jobs with run.sample"},
        {"timeline", N_METRICS, "the results hold no time line: those are of stream jobs"},
    };
    struct results results;
    make_results(&results, 1, "{}");
    set_estimate(&results.points[0], M_TIME_WORK, 100, 0, 1);
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct err err = {0};
        struct buffer out = {0};
        const struct plot_wish wish = {cases[i].metric, (double)NAN, (double)NAN};
        assert_false(plot_write_data(plot_find(cases[i].plot), &results, &wish, &out, &err));
        assert_string_equal(err.problems[0].message, cases[i].message);
        err_release(&err);
        buffer_release(&out);
    }
    results_release(&results);
}

static void the_extension_decides_the_kind_of_picture(void **state)
{
    (void)state;
    static const char *const wrong[] = {"a", "a.gif", "a.svg/b", ".svgz", "a.SVG"};
    struct err err = {0};
    assert_true(plot_can_write("x/a.b.svg", &err));
    assert_true(plot_can_write("a.png", &err) && plot_can_write("a.pdf", &err));
    for (size_t i = 0; i < MEM_COUNT(wrong); i++)
        assert_false(plot_can_write(wrong[i], &err));
    err_release(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_show_the_digits_that_their_uncertainty_leaves),
        cmocka_unit_test(a_scale_is_what_the_unit_means),
        cmocka_unit_test(columns_are_aligned_by_characters_not_bytes),
        cmocka_unit_test(a_sweep_reads_between_its_points_in_the_logarithm),
        cmocka_unit_test(a_second_key_makes_one_series_per_value),
        cmocka_unit_test(labels_that_would_be_the_same_are_whole_pointers),
        cmocka_unit_test(a_run_is_one_screen_with_the_answer_first),
        cmocka_unit_test(a_sweep_marks_the_best_and_says_how_sure_it_is),
        cmocka_unit_test(ticks_stand_at_round_values),
        cmocka_unit_test(every_plot_quotes_what_a_scenario_says),
        cmocka_unit_test(a_stream_run_is_told_on_one_screen),
        cmocka_unit_test(a_time_line_keeps_to_its_window),
        cmocka_unit_test(a_long_series_keeps_its_peaks),
        cmocka_unit_test(a_curve_has_its_marks_and_its_span),
        cmocka_unit_test(one_name_out_of_proportion_makes_the_axis_logarithmic),
        cmocka_unit_test(a_plot_without_data_says_so),
        cmocka_unit_test(the_extension_decides_the_kind_of_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
