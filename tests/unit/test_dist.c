// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Distributions, against the cdf that GSL has for the same law, against
 * quadrature, and against the known answers of extremes.
 *
 * Statistical tests draw from fixed streams and fail by chance with a
 * probability of 1e-4 each (Kolmogorov-Smirnov distance above 2.225 / sqrt(n)).
 */
#include "support.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/dist.h"

/* ---- building distributions without the scenario reader ---- */

struct world {
    struct arena arena;
    struct err err;
};

static void world_release(struct world *world)
{
    arena_release(&world->arena);
    err_release(&world->err);
}

struct setting {
    const char *key;
    double number;
    const char *text;
    const struct dist *dist;
    const struct list *list;
};

static struct setting number(const char *key, double value)
{
    return (struct setting){.key = key, .number = value};
}

static struct setting text(const char *key, const char *value)
{
    return (struct setting){.key = key, .text = value};
}

static struct setting part(const char *key, const struct dist *value)
{
    return (struct setting){.key = key, .dist = value};
}

static const struct variant *find_variant(const char *name)
{
    for (const struct variant *const *v = dist_union.variants; *v; v++)
        if (strcmp((*v)->name, name) == 0)
            return *v;
    fail_msg("no distribution is called %s", name);
    return NULL;
}

/* What the reader does with a row: its default first, then what is given. */
static void fill_in(const struct field *row, void *params, const struct setting *settings)
{
    void *place = (char *)params + row->offset;
    if (row->kind == FIELD_REAL)
        *(double *)place = row->fallback ? strtod(row->fallback, NULL) : (double)NAN;
    for (; settings->key; settings++) {
        if (strcmp(settings->key, row->key) != 0)
            continue;
        if (row->kind == FIELD_REAL)
            *(double *)place = settings->number;
        else if (row->kind == FIELD_COUNT)
            *(uint64_t *)place = (uint64_t)settings->number;
        else if (row->kind == FIELD_UNION)
            *(struct tagged *)place = settings->dist->of;
        else if (row->kind == FIELD_LIST)
            *(struct list *)place = *settings->list;
        else
            *(const char **)place = settings->text;
    }
}

static bool try_build(struct world *world, const char *name, const struct setting *settings,
                      struct dist *dist)
{
    const struct variant *variant = find_variant(name);
    void *params = arena_alloc(&world->arena, 1, variant->size);
    for (const struct field *row = variant->fields; row->key; row++)
        fill_in(row, params, settings);
    const struct field_context context = {
        .arena = &world->arena, .err = &world->err, .pointer = "/x", .dimension = DIMENSION_TIME};
    *dist = (struct dist){{variant, params}};
    return !variant->prepare || variant->prepare(params, &context);
}

static struct dist build(struct world *world, const char *name, const struct setting *settings)
{
    struct dist dist;
    assert_true(try_build(world, name, settings, &dist));
    return dist;
}

static struct dist by_two(struct world *world, const char *name, const char *key_a, double a,
                          const char *key_b, double b)
{
    return build(world, name, (struct setting[]){number(key_a, a), number(key_b, b), {0}});
}

static struct dist mix(struct world *world, double weight, struct dist first, struct dist second)
{
    return build(
        world, "mixture",
        (struct setting[]){
            number("weight", weight), part("first", &first), part("second", &second), {0}});
}

static struct dist compete(struct world *world, const struct dist *laws, size_t n)
{
    struct dist *copies = arena_alloc(&world->arena, n, sizeof *copies);
    memcpy(copies, laws, n * sizeof *copies);
    struct list list = {copies, n};
    return build(world, "minimum", (struct setting[]){{.key = "of", .list = &list}, {0}});
}

/* ---- the laws, and GSL's opinion of them ---- */

static double uniform_p(double x)
{
    return gsl_cdf_flat_P(x, 2.385, 7.1);
}
static double uniform_q(double x)
{
    return gsl_cdf_flat_Q(x, 2.385, 7.1);
}
static double exponential_p(double x)
{
    return gsl_cdf_exponential_P(x, 2.385);
}
static double exponential_q(double x)
{
    return gsl_cdf_exponential_Q(x, 2.385);
}
static double clustered_p(double x)
{
    return gsl_cdf_weibull_P(x, 10.7 / gsl_sf_gamma(1 + 1 / 0.7), 0.7);
}
static double clustered_q(double x)
{
    return gsl_cdf_weibull_Q(x, 10.7 / gsl_sf_gamma(1 + 1 / 0.7), 0.7);
}
static double worn_p(double x)
{
    return gsl_cdf_weibull_P(x, 10.7 / gsl_sf_gamma(1 + 1 / 3.3), 3.3);
}
static double worn_q(double x)
{
    return gsl_cdf_weibull_Q(x, 10.7 / gsl_sf_gamma(1 + 1 / 3.3), 3.3);
}
static double gamma_half_p(double x)
{
    return gsl_cdf_gamma_P(x, 0.5, 10.7 / 0.5);
}
static double gamma_half_q(double x)
{
    return gsl_cdf_gamma_Q(x, 0.5, 10.7 / 0.5);
}
static double gamma_four_p(double x)
{
    return gsl_cdf_gamma_P(x, 4.4, 10.7 / 4.4);
}
static double gamma_four_q(double x)
{
    return gsl_cdf_gamma_Q(x, 4.4, 10.7 / 4.4);
}
static double lognormal_p(double x)
{
    return gsl_cdf_lognormal_P(x, log(10.7) - 1.125, 1.5);
}
static double lognormal_q(double x)
{
    return gsl_cdf_lognormal_Q(x, log(10.7) - 1.125, 1.5);
}
/* 2.3263478740408408 is the 0.99 quantile of the standard normal. */
static double latency_p(double x)
{
    return gsl_cdf_lognormal_P(x, log(0.03), log(0.2 / 0.03) / 2.3263478740408408);
}
static double latency_q(double x)
{
    return gsl_cdf_lognormal_Q(x, log(0.03), log(0.2 / 0.03) / 2.3263478740408408);
}
static double pareto_p(double x)
{
    return gsl_cdf_pareto_P(x, 2.5, 10.7 * 1.5 / 2.5);
}
static double pareto_q(double x)
{
    return gsl_cdf_pareto_Q(x, 2.5, 10.7 * 1.5 / 2.5);
}
static double normal_p(double x)
{
    return gsl_cdf_gaussian_P(x - 50, 2.5);
}
static double normal_q(double x)
{
    return gsl_cdf_gaussian_Q(x - 50, 2.5);
}
/* mean 10, sd 7: the a = -mu / sigma and the sigma of the normal that was cut, in 30 digits. */
static const double cut_a = -0.43474480561818729;
static const double cut_sigma = 10.224867672190991;
static double cut_normal_p(double x)
{
    double all = gsl_cdf_ugaussian_P(cut_a + x / cut_sigma);
    return (all - gsl_cdf_ugaussian_P(cut_a)) / gsl_cdf_ugaussian_Q(cut_a);
}
static double cut_normal_q(double x)
{
    return gsl_cdf_ugaussian_Q(cut_a + x / cut_sigma) / gsl_cdf_ugaussian_Q(cut_a);
}
static double erlang_p(double x)
{
    return gsl_cdf_gamma_P(x, 3, 10.7 / 3);
}
static double erlang_q(double x)
{
    return gsl_cdf_gamma_Q(x, 3, 10.7 / 3);
}
/* scv 5: the branches have (1 +- sqrt(4 / 6)) / 2 of the draws and 10.7 / 2 of the mean each. */
static double two_branches(double x, double (*of_branch)(double x, double mean))
{
    double p = (1 + sqrt(4.0 / 6)) / 2;
    return p * of_branch(x, 10.7 / (2 * p)) + (1 - p) * of_branch(x, 10.7 / (2 * (1 - p)));
}
static double hyperexponential_p(double x)
{
    return two_branches(x, gsl_cdf_exponential_P);
}
static double hyperexponential_q(double x)
{
    return two_branches(x, gsl_cdf_exponential_Q);
}
static double mixture_p(double x)
{
    return 0.3 * clustered_p(x) + 0.7 * latency_p(x);
}
static double mixture_q(double x)
{
    return 0.3 * clustered_q(x) + 0.7 * latency_q(x);
}
static double bathtub_q(double x)
{
    return clustered_q(x) * exponential_q(x) * worn_q(x);
}
static double bathtub_p(double x)
{
    double p = clustered_p(x) + clustered_q(x) * exponential_p(x);
    return p + (1 - p) * worn_p(x);
}
/* Minima of Weibulls are Weibulls. */
static double first_of_five_p(double x)
{
    return clustered_p(x * pow(5, 1 / 0.7));
}
static double first_of_five_q(double x)
{
    return clustered_q(x * pow(5, 1 / 0.7));
}

struct law {
    const char *label;
    struct dist dist;
    double (*p)(double x);
    double (*q)(double x);
};

enum { LAWS = 16 };

static void make_laws(struct world *world, struct law laws[LAWS])
{
    struct dist exponential =
        build(world, "exponential", (struct setting[]){number("mean", 2.385), {0}});
    struct dist clustered = by_two(world, "weibull", "mean", 10.7, "shape", 0.7);
    struct dist latency = by_two(world, "lognormal", "median", 0.03, "p99", 0.2);
    struct dist doubled = mix(world, 0.4, clustered, clustered);
    struct dist worn = by_two(world, "weibull", "mean", 10.7, "shape", 3.3);
    struct dist bathtub = compete(world, (struct dist[]){clustered, exponential, worn}, 3);
    const struct law all[LAWS] = {
        {"uniform", by_two(world, "uniform", "low", 2.385, "high", 7.1), uniform_p, uniform_q},
        {"exponential", exponential, exponential_p, exponential_q},
        {"weibull 0.7", clustered, clustered_p, clustered_q},
        {"weibull 3.3", by_two(world, "weibull", "mean", 10.7, "shape", 3.3), worn_p, worn_q},
        {"gamma 0.5", by_two(world, "gamma", "mean", 10.7, "shape", 0.5), gamma_half_p,
         gamma_half_q},
        {"gamma 4.4", by_two(world, "gamma", "mean", 10.7, "shape", 4.4), gamma_four_p,
         gamma_four_q},
        {"lognormal", by_two(world, "lognormal", "mean", 10.7, "sigma", 1.5), lognormal_p,
         lognormal_q},
        {"latency", latency, latency_p, latency_q},
        {"pareto", by_two(world, "pareto", "mean", 10.7, "shape", 2.5), pareto_p, pareto_q},
        {"normal", by_two(world, "normal", "mean", 50, "sd", 2.5), normal_p, normal_q},
        {"cut normal", by_two(world, "normal", "mean", 10, "sd", 7), cut_normal_p, cut_normal_q},
        {"erlang", by_two(world, "erlang", "mean", 10.7, "k", 3), erlang_p, erlang_q},
        {"hyperexponential", by_two(world, "hyperexponential", "mean", 10.7, "scv", 5),
         hyperexponential_p, hyperexponential_q},
        {"mixture", mix(world, 0.3, clustered, latency), mixture_p, mixture_q},
        {"bathtub", bathtub, bathtub_p, bathtub_q},
        /* As a mixture with itself a Weibull takes the general code for minima. */
        {"minimum", dist_minimum(&world->arena, &doubled, 5), first_of_five_p, first_of_five_q},
    };
    memcpy(laws, all, sizeof all);
}

static double survival_at(double x, void *law)
{
    return ((const struct law *)law)->q(x);
}

static double twice_x_survival_at(double x, void *law)
{
    return 2 * x * ((const struct law *)law)->q(x);
}

static void check_relative(const struct law *law, const char *what, double actual, double expected,
                           double relative)
{
    if (fabs(actual - expected) <= relative * fabs(expected))
        return;
    fail_msg("%s, %s: %.17g, expected %.17g", law->label, what, actual, expected);
}

/* The integral of `f` over [0, to], in pieces around where the laws have their mass. */
static double integral(double (*f)(double x, void *law), struct law *law, double to)
{
    enum { INTERVALS = 2000 };
    gsl_integration_workspace *space = gsl_integration_workspace_alloc(INTERVALS);
    gsl_function function = {f, law};
    const double breaks[] = {0, 0.1, 2.385, 6.42, 7.1, 50, 500};
    double total = 0;
    double result;
    double error;
    for (size_t i = 0; i + 1 < MEM_COUNT(breaks) && breaks[i] < to; i++) {
        (void)gsl_integration_qags(&function, breaks[i], fmin(breaks[i + 1], to), 0, 1e-11,
                                   INTERVALS, space, &result, &error);
        total += result;
    }
    if (to > breaks[MEM_COUNT(breaks) - 1]) {
        (void)gsl_integration_qagiu(&function, breaks[MEM_COUNT(breaks) - 1], 1e-13, 1e-11,
                                    INTERVALS, space, &result, &error);
        total += result;
    }
    gsl_integration_workspace_free(space);
    return total;
}

/* ---- one law at a time ---- */

static void mean_and_variance_are_those_of_gsls_cdf(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    for (struct law *law = laws; law < laws + LAWS; law++) {
        double mean = integral(survival_at, law, (double)INFINITY);
        double square = integral(twice_x_survival_at, law, (double)INFINITY);
        check_relative(law, "mean", dist_mean(&law->dist), mean, 1e-9);
        check_relative(law, "variance", dist_variance(&law->dist), square - mean * mean, 1e-6);
    }
    world_release(&world);
}

static void cdf_and_survival_agree_with_gsl(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    for (struct law *law = laws; law < laws + LAWS; law++)
        for (double x = 0.0123; x < 300; x *= 1.37) {
            /* GSL's own difference of two cdf is all the cut normal can be compared with. */
            assert_near(dist_cdf(&law->dist, x), law->p(x), 2e-14);
            check_relative(law, "survival", dist_survival(&law->dist, x), law->q(x), 2e-12);
        }
    world_release(&world);
}

/* x is the p-quantile if P(X <= x) = p, up to 1e-12 of p or four ulps of x. */
static void check_quantile(const struct law *law, double x, double mass, double (*f)(double x))
{
    const double ulps = 4 * 0x1p-52;
    double blur = fabs(f(x * (1 + ulps)) - f(x * (1 - ulps)));
    if (!(fabs(f(x) - mass) <= 1e-12 * mass + blur))
        fail_msg("%s: %.17g has mass %.17g instead of %.17g", law->label, x, f(x), mass);
}

static void quantiles_invert_gsls_cdf_in_both_tails(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    for (struct law *law = laws; law < laws + LAWS; law++) {
        const struct dist_type *type = dist_type(&law->dist);
        const void *params = law->dist.of.params;
        for (double tail = 0.4999; tail > 1e-15; tail *= 0.71) {
            check_quantile(law, type->quantile(params, 1 - tail, tail), tail, law->q);
            if (law->p != cut_normal_p || tail > 1e-3) /* below, the reference has no digits */
                check_quantile(law, type->quantile(params, tail, 1 - tail), tail, law->p);
        }
    }
    world_release(&world);
}

static void own_cdf_returns_the_probability_of_a_quantile(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    for (struct law *law = laws; law < laws + LAWS; law++) {
        if (law->p == uniform_p || law->p == pareto_p)
            continue; /* they begin at a positive value, which absorbs the smallest steps */
        const struct dist_type *type = dist_type(&law->dist);
        const void *params = law->dist.of.params;
        for (double tail = 0.37; tail > 1e-100; tail *= 1e-3) {
            double low = type->quantile(params, tail, 1 - tail);
            double high = type->quantile(params, 1 - tail, tail);
            check_relative(law, "lower tail", dist_cdf(&law->dist, low), tail, 1e-12);
            check_relative(law, "upper tail", dist_survival(&law->dist, high), tail, 1e-12);
        }
    }
    world_release(&world);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Largest distance of the cdf of n values from F^power, times sqrt(n). Sorts the values. */
static double kolmogorov_smirnov(double *values, size_t n, double (*cdf)(double x), double power)
{
    qsort(values, n, sizeof *values, by_value);
    double distance = 0;
    for (size_t i = 0; i < n; i++) {
        double p = pow(cdf(values[i]), power);
        distance = fmax(distance, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
    }
    return distance * sqrt((double)n);
}

static void draws_follow_gsls_cdf(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    size_t n = support_scale(20000);
    double *values = mem_alloc(n, sizeof *values);
    for (struct law *law = laws; law < laws + LAWS; law++) {
        struct rng rng = rng_stream(2385, 0, RNG_FAILURE, (uint64_t)(law - laws));
        for (size_t i = 0; i < n; i++)
            values[i] = dist_draw(&law->dist, &rng);
        double distance = kolmogorov_smirnov(values, n, law->p, 1);
        if (!(distance < 2.225))
            fail_msg("%s: Kolmogorov-Smirnov distance %g", law->label, distance);
    }
    free(values);
    world_release(&world);
}

static void every_draw_takes_one_uniform(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    laws[0].dist = dist_constant(&world.arena, 2.385);
    for (struct law *law = laws; law < laws + LAWS; law++) {
        struct rng drawn = rng_stream(7, 3, RNG_REPAIR, 11);
        struct rng stepped = drawn;
        (void)dist_draw(&law->dist, &drawn);
        (void)dist_draw_max(&law->dist, 5, &drawn);
        (void)dist_draw_min(&law->dist, 5, &drawn);
        for (int i = 0; i < 3; i++)
            (void)rng_uniform(&stepped);
        assert_memory_equal(&drawn, &stepped, sizeof drawn);
    }
    world_release(&world);
}

static void mean_below_is_the_integral_of_the_survival_function(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    for (struct law *law = laws; law < laws + LAWS; law++) {
        const double bounds[] = {0.0123, 0.31, 2.2, 4.7, 10.7, 41, 480};
        for (size_t i = 0; i < MEM_COUNT(bounds); i++)
            check_relative(law, "mean below", dist_mean_below(&law->dist, bounds[i]),
                           integral(survival_at, law, bounds[i]), 1e-9);
        assert_near(dist_mean_below(&law->dist, 0), 0, 0);
        assert_near(dist_mean_below(&law->dist, (double)INFINITY), dist_mean(&law->dist), 0);
        check_relative(law, "mean far below", dist_mean_below(&law->dist, 1e18),
                       dist_mean(&law->dist), 1e-9);
    }
    world_release(&world);
}

/* Relative error below 1e-9 in mass is 1e-11 in x at shape 10^4, where GSL's cdf is rough. */
static void gamma_quantiles_converge_for_all_shapes(void **state)
{
    (void)state;
    struct world world = {0};
    const double shapes[] = {0.05, 0.1, 0.33, 0.99, 1, 1.7, 5, 31, 100, 777, 2000, 10000};
    for (size_t i = 0; i < MEM_COUNT(shapes); i++) {
        double shape = shapes[i];
        struct dist dist = by_two(&world, "gamma", "mean", 2.385, "shape", shape);
        const struct dist_type *type = dist_type(&dist);
        double tolerance = shape > 1000 ? 1e-9 : 1e-11;
        for (double tail = 0.49; tail > 1e-290; tail *= tail > 1e-15 ? 0.3 : 1e-7) {
            double low = type->quantile(dist.of.params, tail, 1 - tail);
            double high = type->quantile(dist.of.params, 1 - tail, tail);
            assert_near(dist_survival(&dist, high) / tail, 1, tolerance);
            if (low > 1e-300)
                assert_near(dist_cdf(&dist, low) / tail, 1, tolerance);
            assert_true(low < high);
        }
    }
    world_release(&world);
}

static void extreme_shapes_keep_mean_and_variance(void **state)
{
    (void)state;
    struct world world = {0};
    struct dist steady = by_two(&world, "weibull", "mean", 2.385, "shape", 1000);
    /* (pi / k)^2 / 6 times the mean squared, and its first correction, for large k */
    assert_near(sqrt(dist_variance(&steady)) / 2.385, 1.2825498301618641e-3, 1.5e-6);
    assert_near(dist_mean_below(&steady, 1.1), 1.1, 0);
    struct dist wild = by_two(&world, "weibull", "mean", 2.385, "shape", 0.05);
    assert_near(dist_mean_below(&wild, 1e80), 2.385, 1e-12);
    assert_near(dist_survival(&wild, dist_quantile(&wild, 0.75)), 0.25, 1e-14);
    struct dist bursts = by_two(&world, "hyperexponential", "mean", 2.385, "scv", 1e6);
    assert_near(dist_survival(&bursts, dist_quantile(&bursts, 0.9999999)), 1e-7, 1e-15);
    world_release(&world);
}

static void normal_is_given_by_its_own_mean(void **state)
{
    (void)state;
    struct world world = {0};
    struct dist cut = by_two(&world, "normal", "mean", 10, "sd", 7);
    assert_near(dist_mean_below(&cut, 1), 0.97307538479962203, 1e-14);
    assert_near(dist_mean_below(&cut, 10), 7.1722350560881825, 1e-13);
    assert_near(dist_mean_below(&cut, 25), 9.8735939326195729, 1e-13);
    assert_near(dist_mean_below(&cut, 1e4), 10, 1e-13);
    /* Close to the cut the law is uniform: x = p sigma P(Z >= a) / phi(a). */
    double p = 1e-30;
    double density = exp(-cut_a * cut_a / 2) / sqrt(2 * 3.14159265358979324);
    double x = p * cut_sigma * gsl_cdf_ugaussian_Q(cut_a) / density;
    assert_near(dist_quantile(&cut, p) / x, 1, 1e-14);
    world_release(&world);
}

static void pareto_variance_is_infinite_up_to_shape_two(void **state)
{
    (void)state;
    struct world world = {0};
    struct dist heavy = by_two(&world, "pareto", "mean", 2.385, "shape", 2);
    assert_true(isinf(dist_variance(&heavy)));
    struct dist light = by_two(&world, "pareto", "mean", 2.385, "shape", 3);
    assert_near(dist_variance(&light), 2.385 * 2.385 / 3, 1e-14);
    world_release(&world);
}

static void constant_is_known_as_one(void **state)
{
    (void)state;
    struct world world = {0};
    struct dist constant = dist_constant(&world.arena, 2.385);
    struct dist exponential = dist_exponential(&world.arena, 2.385);
    struct dist both = mix(&world, 0.3, constant, constant);
    struct dist steady = by_two(&world, "weibull", "mean", 2.385, "shape", 1000);
    double value = 0;
    assert_true(dist_is_constant(&constant, &value));
    assert_near(value, 2.385, 0);
    assert_true(dist_is_constant(&both, &value));
    assert_false(dist_is_constant(&exponential, &value));
    assert_false(dist_is_constant(&steady, &value));
    assert_near(dist_cdf(&constant, 2.385), 1, 0);
    assert_near(dist_survival(&constant, 2.385), 0, 0);
    assert_near(dist_survival(&constant, 2.384), 1, 0);
    assert_near(dist_mean_below(&constant, 1.5), 1.5, 0);
    struct dist missing = {0};
    assert_false(dist_is_given(&missing));
    assert_true(dist_is_given(&constant));
    world_release(&world);
}

static void mixture_hits_points_of_mass_exactly(void **state)
{
    (void)state;
    struct world world = {0};
    struct dist constant = dist_constant(&world.arena, 1.7);
    struct dist exponential = dist_exponential(&world.arena, 5);
    struct dist dist = mix(&world, 0.9, constant, exponential);
    double below = 0.1 * -expm1(-1.7 / 5); /* P(X < 1.7) */
    assert_same_double(dist_quantile(&dist, below * 1.0001), 1.7);
    assert_same_double(dist_quantile(&dist, 0.5), 1.7);
    assert_same_double(dist_quantile(&dist, below + 0.8999), 1.7);
    assert_true(dist_quantile(&dist, below * 0.9999) < 1.7);
    assert_true(dist_quantile(&dist, below + 0.9001) > 1.7);
    assert_near(dist_quantile(&dist, below / 2), -5 * log1p(-below / 2 / 0.1), 1e-15);
    struct dist with_zero = mix(&world, 0.5, dist_constant(&world.arena, 0), exponential);
    assert_near(dist_quantile(&with_zero, 0.4), 0, 0);
    assert_near(dist_quantile(&with_zero, 0.75), 5 * log(2), 1e-14);
    world_release(&world);
}

static void mixture_of_weight_one_is_its_first(void **state)
{
    (void)state;
    struct world world = {0};
    struct dist finite = by_two(&world, "gamma", "mean", 2.385, "shape", 3);
    struct dist heavy = by_two(&world, "pareto", "mean", 70, "shape", 1.5);
    struct dist first = mix(&world, 1, finite, heavy);
    struct dist second = mix(&world, 0, heavy, finite);
    for (double p = 0.001; p < 1; p += 0.0371) {
        assert_near(dist_quantile(&first, p) / dist_quantile(&finite, p), 1, 1e-14);
        assert_near(dist_quantile(&second, p) / dist_quantile(&finite, p), 1, 1e-14);
    }
    assert_near(dist_variance(&first), dist_variance(&finite), 0);
    assert_near(dist_variance(&second), dist_variance(&finite), 0);
    world_release(&world);
}

static void every_row_says_what_it_is(void **state)
{
    (void)state;
    for (const struct variant *const *v = dist_union.variants; *v; v++) {
        assert_non_null((*v)->help);
        assert_true((*v)->source || *v == dist_union.shorthand);
        for (const struct field *row = (*v)->fields; row->key; row++) {
            assert_non_null(row->help);
            assert_true(row->offset < (*v)->size);
        }
    }
    assert_string_equal(dist_union.shorthand->name, "constant");
    assert_string_equal(dist_union.shorthand->fields[0].key, dist_union.shorthand_key);
}

static void every_law_is_compared_with_another_form_of_it(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    for (const struct variant *const *v = dist_union.variants; *v; v++) {
        /* Their cdf is a step or several, which have tests of their own. */
        bool found = strcmp((*v)->name, "constant") == 0 || strcmp((*v)->name, "empirical") == 0;
        for (size_t i = 0; i < LAWS; i++)
            found |= laws[i].dist.of.variant == *v;
        if (!found)
            fail_msg("%s has no row in make_laws()", (*v)->name);
    }
    world_release(&world);
}

/* ---- what users get wrong ---- */

static void expect_problem(struct world *world, const char *name, const struct setting *settings,
                           const char *expected)
{
    struct dist dist;
    assert_false(try_build(world, name, settings, &dist));
    assert_int_equal(world->err.n_errors, 1);
    char *message = problem_text(&world->err.problems[0]);
    assert_string_equal(message, expected);
    free(message);
    err_release(&world->err);
}

static void parameters_that_contradict_each_other_are_errors(void **state)
{
    (void)state;
    struct world world = {0};
    expect_problem(&world, "uniform", (struct setting[]){number("low", 7), number("high", 7), {0}},
                   "/x/high: 7 s: must be above low, 7 s; a quantity alone is a constant");
    expect_problem(&world, "normal", (struct setting[]){number("mean", 2), number("sd", 1.6), {0}},
                   "/x/sd: 1.6 s: must be at most 0.75 of the mean; values so scattered above 0 "
                   "are not near normal; try gamma or weibull");
    const char pair[] = "/x: a lognormal needs mean and sigma, or median and p99, and nothing else";
    expect_problem(&world, "lognormal", (struct setting[]){number("mean", 2), {0}}, pair);
    expect_problem(&world, "lognormal",
                   (struct setting[]){number("mean", 2), number("p99", 3), {0}}, pair);
    expect_problem(
        &world, "lognormal",
        (struct setting[]){number("mean", 2), number("sigma", 1), number("median", 3), {0}}, pair);
    expect_problem(&world, "lognormal",
                   (struct setting[]){number("median", 0.2), number("p99", 0.03), {0}},
                   "/x/p99: 30 ms: must be above the median, 200 ms");
    world_release(&world);
}

/* ---- empirical ---- */

struct temporary {
    char path[32];
};

static struct temporary write_file(const char *content, size_t length)
{
    struct temporary file = {"/tmp/ckptsim_distXXXXXX"};
    int descriptor = mkstemp(file.path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, content, length), length);
    assert_int_equal(close(descriptor), 0);
    return file;
}

static void empirical_quantiles_are_those_of_the_step_function(void **state)
{
    (void)state;
    struct world world = {0};
    const char content[] = "# repair times\n7.5\n\n 1.5 min \r\n2.25\n30\n7500 ms\n";
    struct temporary file = write_file(content, strlen(content));
    struct dist dist = build(&world, "empirical", (struct setting[]){text("file", file.path), {0}});
    (void)unlink(file.path);
    const double sorted[] = {2.25, 7.5, 7.5, 30, 90};
    double mean = (2.25 + 7.5 + 7.5 + 30 + 90) / 5;
    double square = 0;
    for (int i = 0; i < 5; i++) {
        assert_same_double(dist_quantile(&dist, 0.2 * i + 0.001), sorted[i]);
        assert_same_double(dist_quantile(&dist, 0.2 * i + 0.199), sorted[i]);
        square += (sorted[i] - mean) * (sorted[i] - mean) / 5;
    }
    assert_near(dist_mean(&dist), mean, 1e-13);
    assert_near(dist_variance(&dist), square, 1e-11);
    assert_near(dist_cdf(&dist, 7.49), 0.2, 1e-16);
    assert_near(dist_cdf(&dist, 7.5), 0.6, 1e-16);
    assert_near(dist_survival(&dist, 90), 0, 0);
    assert_near(dist_mean_below(&dist, 10), (2.25 + 7.5 + 7.5 + 10 + 10) / 5, 1e-14);
    assert_near(dist_mean_below(&dist, 1), 1, 1e-15);
    world_release(&world);
}

/* E[max of N] = sum of x_i ((i/n)^N - ((i-1)/n)^N); the quadrature must find every step. */
static void extremes_of_measured_values_are_exact(void **state)
{
    (void)state;
    enum { VALUES = 300, TIMES = 17 };
    struct world world = {0};
    struct dist source = by_two(&world, "lognormal", "mean", 10.7, "sigma", 1.5);
    char content[VALUES * 32];
    size_t length = 0;
    double largest = 0;
    double smallest = 0;
    for (int i = 0; i < VALUES; i++) {
        double x = dist_quantile(&source, (i + 0.5) / VALUES);
        length += (size_t)snprintf(content + length, sizeof content - length, "%.17g\n", x);
        largest += x * (pow((i + 1.0) / VALUES, TIMES) - pow((double)i / VALUES, TIMES));
        smallest += x * (pow(1 - (double)i / VALUES, TIMES) - pow(1 - (i + 1.0) / VALUES, TIMES));
    }
    struct temporary file = write_file(content, length);
    struct dist dist = build(&world, "empirical", (struct setting[]){text("file", file.path), {0}});
    (void)unlink(file.path);
    struct dist first = dist_minimum(&world.arena, &dist, TIMES);
    assert_near(dist_mean_max(&dist, TIMES) / largest, 1, 1e-10);
    assert_near(dist_mean(&first) / smallest, 1, 1e-10);
    world_release(&world);
}

static void empirical_values_may_be_a_column_and_scaled(void **state)
{
    (void)state;
    struct world world = {0};
    const char named[] = "node;repair ms\na; 2385\nb;1000 \n";
    const char bare[] = "a\t7\t2385\nb\t7\t1000\n";
    const char equal[] = "0.1\n0.1\n0.1\n";
    struct temporary files[] = {write_file(named, strlen(named)), write_file(bare, strlen(bare)),
                                write_file(equal, strlen(equal))};
    const char *const columns[] = {"repair ms", "3"};
    for (int i = 0; i < 2; i++) {
        struct dist dist = build(&world, "empirical",
                                 (struct setting[]){text("file", files[i].path),
                                                    text("column", columns[i]),
                                                    number("scale", 0.001),
                                                    {0}});
        assert_near(dist_mean(&dist), 1.6925, 1e-15);
        assert_near(dist_quantile(&dist, 0.9), 2.385, 1e-15);
    }
    struct dist same =
        build(&world, "empirical", (struct setting[]){text("file", files[2].path), {0}});
    double value;
    assert_true(dist_is_constant(&same, &value));
    assert_same_double(value, 0.1);
    for (int i = 0; i < 3; i++)
        (void)unlink(files[i].path);
    world_release(&world);
}

/* Expects the message for a file of this content, "%s" standing for its name. */
static void expect_file_problem(const char *content, size_t length, const char *column,
                                const char *format)
{
    struct world world = {0};
    struct temporary file = write_file(content, length);
    char *expected = strdup(format);
    assert_non_null(expected);
    const char *name = strstr(format, "%s");
    if (name) {
        free(expected);
        expected = mem_format("%.*s%s%s", (int)(name - format), format, file.path, name + 2);
    }
    const struct setting settings[] = {
        text("file", file.path), text(column ? "column" : "", column), {0}};
    expect_problem(&world, "empirical", settings, expected);
    free(expected);
    (void)unlink(file.path);
    world_release(&world);
}

static void bad_files_are_errors_with_their_line(void **state)
{
    (void)state;
    struct world world = {0};
    expect_problem(&world, "empirical", (struct setting[]){text("file", "/no/such/file"), {0}},
                   "/x/file: cannot read '/no/such/file': No such file or directory");
    expect_problem(&world, "empirical", (struct setting[]){text("file", "/tmp"), {0}},
                   "/x/file: cannot read '/tmp': Is a directory");
    const struct {
        const char *content;
        const char *column;
        const char *message;
    } cases[] = {
        {"", NULL, "/x/file: '%s' is empty"},
        {"# nothing\n\n", NULL, "/x/file: '%s' has no values"},
        {"1\n-2 s\n", NULL, "%s:2:1: /x/file: '-2 s': negative"},
        {"1\n\n# x\n nan\n", NULL, "%s:4:2: /x/file: 'nan': not a number"},
        {"inf", NULL, "%s:1:1: /x/file: 'inf': infinity is not a quantity"},
        {"1e31", NULL, "%s:1:1: /x/file: '1e31': too large"},
        {"60 kB", NULL,
         "%s:1:1: /x/file: '60 kB': not a unit of time; they are ns, us, ms, s, min, h, d, w and "
         "y"},
        {"1,2\n", NULL,
         "%s:1:3: /x/file: several columns; \"column\" says which one has the values"},
        {"a,b\n1,2\n", "c",
         "%s:1:1: /x/file: the first line names no column 'c'; did you mean 'a'?"},
        {"a,b\n1,2\n3\n", "b", "%s:3:1: /x/file: the line has 1 of the 2 columns needed"},
        {"1,\n", "2", "%s:1:3: /x/file: '': no number"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++)
        expect_file_problem(cases[i].content, strlen(cases[i].content), cases[i].column,
                            cases[i].message);
    expect_file_problem("1\n2\0003\n", 6, NULL, "%s:2:2: /x/file: the line holds a NUL byte");
    world_release(&world);
}

/* ---- extremes ---- */

static double harmonic(uint64_t n)
{
    double sum = 0;
    for (uint64_t i = n; i > 0; i--)
        sum += 1 / (double)i;
    return sum;
}

static void mean_of_the_maximum_is_known(void **state)
{
    (void)state;
    struct world world = {0};
    struct dist exponential = dist_exponential(&world.arena, 2.385);
    for (uint64_t n = 1; n <= 1000000; n *= 10)
        assert_near(dist_mean_max(&exponential, n) / (2.385 * harmonic(n)), 1, 1e-12);
    struct dist uniform = by_two(&world, "uniform", "low", 5, "high", 15);
    assert_near(dist_mean_max(&uniform, 10), 5 + 10 * 10.0 / 11, 1e-10);
    const double shapes[] = {1.01, 1.05, 1.5, 2.5, 30};
    for (size_t i = 0; i < MEM_COUNT(shapes); i++) {
        struct dist pareto = by_two(&world, "pareto", "mean", 2.385, "shape", shapes[i]);
        double smallest = 2.385 * (shapes[i] - 1) / shapes[i];
        for (double n = 2; n < 1e7; n *= 50) {
            double log_beta = gsl_sf_lngamma(n + 1) + gsl_sf_lngamma(1 - 1 / shapes[i]) -
                              gsl_sf_lngamma(n + 1 - 1 / shapes[i]);
            assert_near(dist_mean_max(&pareto, (uint64_t)n) / (smallest * exp(log_beta)), 1, 1e-8);
        }
    }
    struct dist atoms = mix(&world, 0.9, dist_constant(&world.arena, 1.7), exponential);
    /* E[max of 2] = 2 E[X] - E[min of 2], and the minimum of two can be written down */
    double below = -expm1(-1.7 / 2.385);
    double minimum = 0.81 * 1.7 + 0.18 * 2.385 * below + 0.01 * 2.385 / 2;
    assert_near(dist_mean_max(&atoms, 2), 2 * dist_mean(&atoms) - minimum, 1e-10);
    world_release(&world);
}

/* Known answers E01 to E09, nine digits. */
static void maxima_of_tasks_match_the_known_answers(void **state)
{
    (void)state;
    struct world world = {0};
    const struct {
        struct dist dist;
        uint64_t n;
        double mean;
        double median; /* of the maximum; 0: not known */
        double p99;
    } cases[] = {
        {dist_exponential(&world.arena, 10), 4, 20.8333333, 18.3819981, 59.8769962},
        {dist_exponential(&world.arena, 2), 64, 9.48778181, 9.06161266, 17.5182217},
        {dist_exponential(&world.arena, 1), 1000, 7.48547086, 7.27461475, 11.5079095},
        {by_two(&world, "uniform", "low", 5, "high", 15), 10, 14.0909091, 0, 0},
        {by_two(&world, "uniform", "low", 0, "high", 1), 2, 0.666666667, 0, 0},
        {by_two(&world, "weibull", "mean", 10, "shape", 2), 16, 20.4152578, 0, 0},
        {by_two(&world, "weibull", "mean", 10, "shape", 0.7), 16, 46.8357318, 0, 0},
        {by_two(&world, "lognormal", "mean", 10, "sigma", 0.5), 32, 25.6381246, 0, 0},
        {by_two(&world, "gamma", "mean", 10, "shape", 4), 8, 18.0786709, 0, 0},
        /* computed with 30 digits */
        {by_two(&world, "gamma", "mean", 10, "shape", 4), 1000, 34.424310823436444, 0, 0},
        {by_two(&world, "lognormal", "mean", 10, "sigma", 1.5), 1000, 493.78626990291484, 0, 0},
        {by_two(&world, "normal", "mean", 10, "sd", 7), 64, 29.938143499031033, 0, 0},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        assert_near(dist_mean_max(&cases[i].dist, cases[i].n) / cases[i].mean, 1, 5e-9);
        double root = 1 / (double)cases[i].n;
        if (cases[i].median > 0) {
            assert_near(dist_quantile(&cases[i].dist, pow(0.5, root)) / cases[i].median, 1, 5e-9);
            assert_near(dist_quantile(&cases[i].dist, pow(0.99, root)) / cases[i].p99, 1, 5e-9);
        }
    }
    world_release(&world);
}

/* Known answers B10 to B13: N fresh Weibull processors, nine digits. */
static void first_failure_of_a_platform_matches_the_known_answers(void **state)
{
    (void)state;
    struct world world = {0};
    const struct {
        double shape;
        double mean;
        uint64_t n;
        double minimum;
        double scale;
    } cases[] = {
        {0.7, 3942000000, 45208, 881.879113, 696.684102},
        {0.5, 39420000000, 1048576, 0.0358522811, 0.0179261406},
        {0.78, 315360000, 1000, 44942.0378, 38933.9427},
        {1, 157680000, 4096, 38496.0938, 38496.0938},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct dist one = by_two(&world, "weibull", "mean", cases[i].mean, "shape", cases[i].shape);
        struct dist closed = dist_minimum(&world.arena, &one, cases[i].n);
        /* A mixture with itself is the same law, but takes the general code. */
        struct dist same = mix(&world, 0.37, one, one);
        struct dist general = dist_minimum(&world.arena, &same, cases[i].n);
        assert_near(dist_mean(&closed) / cases[i].minimum, 1, 1e-8);
        assert_near(dist_survival(&closed, cases[i].scale), exp(-1), 1e-8);
        assert_near(dist_mean(&general) / dist_mean(&closed), 1, 1e-10);
        assert_near(dist_variance(&general) / dist_variance(&closed), 1, 1e-9);
        for (double p = 0.013; p < 1; p += 0.17) {
            double x = dist_quantile(&closed, p);
            assert_near(dist_quantile(&general, p) / x, 1, 1e-12);
            assert_near(dist_cdf(&general, x), p, 1e-12);
            assert_near(dist_survival(&general, x), 1 - p, 1e-12);
            assert_near(dist_mean_below(&general, x) / dist_mean_below(&closed, x), 1, 1e-10);
        }
    }
    world_release(&world);
}

/* Means and variances of the minimum of 64, computed with 30 digits. */
static void minima_of_other_laws_have_their_moments(void **state)
{
    (void)state;
    struct world world = {0};
    const struct {
        struct dist dist;
        double mean;
        double variance;
    } cases[] = {
        {by_two(&world, "lognormal", "mean", 10, "sigma", 1.5), 0.11812778859999257,
         0.0053736491004754507},
        {by_two(&world, "gamma", "mean", 10, "shape", 0.5), 0.0073332020973746661,
         0.00025119270707042472},
        {by_two(&world, "normal", "mean", 10, "sd", 7), 0.28633309463192156, 0.077921337332840912},
        {by_two(&world, "exponential", "mean", 10, "", 0), 10.0 / 64, 10.0 / 64 * 10 / 64},
        /* a Pareto of 64 times the shape */
        {by_two(&world, "pareto", "mean", 10, "shape", 1.01), 10 * 0.01 / 1.01 * 64.64 / 63.64,
         10 * 0.01 / 1.01 * 10 * 0.01 / 1.01 * 64.64 / (63.64 * 63.64 * 62.64)},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct dist minimum = dist_minimum(&world.arena, &cases[i].dist, 64);
        assert_near(dist_mean(&minimum) / cases[i].mean, 1, 1e-10);
        assert_near(dist_variance(&minimum) / cases[i].variance, 1, 1e-9);
    }
    struct dist constant = dist_constant(&world.arena, 2.385);
    struct dist first = dist_minimum(&world.arena, &constant, 9);
    double value;
    assert_true(dist_is_constant(&first, &value));
    assert_near(value, 2.385, 0);
    world_release(&world);
}

static void extremes_are_drawn_from_their_laws(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    size_t n = support_scale(5000);
    double *values = mem_alloc(n, sizeof *values);
    for (struct law *law = laws; law < laws + LAWS; law++) {
        struct rng rng = rng_stream(2385, 1, RNG_COORDINATION, (uint64_t)(law - laws));
        for (size_t i = 0; i < n; i++)
            values[i] = dist_draw_max(&law->dist, 37, &rng);
        double distance = kolmogorov_smirnov(values, n, law->p, 37);
        if (!(distance < 2.225))
            fail_msg("maximum of %s: Kolmogorov-Smirnov distance %g", law->label, distance);
        /* -X has the maximum: order and cdf of the smallest are mirrored */
        double above = 0;
        for (size_t i = 0; i < n; i++)
            above += pow(law->q(dist_draw_min(&law->dist, 37, &rng)), 37);
        /* S(min)^37 is uniform: its mean within 3.9 standard errors, probability 1e-4 */
        assert_near(above / (double)n, 0.5, 3.9 / sqrt(12 * (double)n));
    }
    free(values);
    world_release(&world);
}

/* A million-fold extreme needs probabilities that neither p nor 1 - p alone can hold. */
static void extreme_of_one_is_the_draw_itself(void **state)
{
    (void)state;
    struct world world = {0};
    struct law laws[LAWS];
    make_laws(&world, laws);
    for (struct law *law = laws; law < laws + LAWS; law++)
        for (uint64_t i = 0; i < 20; i++) {
            struct rng a = rng_stream(5, i, RNG_RESTORE, 0);
            struct rng b = a;
            struct rng c = a;
            double drawn = dist_draw(&law->dist, &a);
            assert_same_double(dist_draw_max(&law->dist, 1, &b), drawn);
            assert_same_double(dist_draw_min(&law->dist, 1, &c), drawn);
        }
    struct dist exponential = dist_exponential(&world.arena, 1);
    struct rng a = rng_stream(5, 0, RNG_RESTORE, 0);
    struct rng b = a;
    double billion = 1e12;
    double drawn = dist_draw(&exponential, &a);
    assert_near(dist_draw_min(&exponential, (uint64_t)billion, &b) * billion / drawn, 1, 1e-14);
    world_release(&world);
}

/* An Erlang life in equilibrium is in any of its phases with equal probability. */
static void equilibrium_leaves_what_renewal_theory_says(void **state)
{
    (void)state;
    struct world world = {0};
    struct dist erlang = by_two(&world, "erlang", "mean", 6, "k", 3);
    struct dist left = dist_equilibrium(&world.arena, &erlang);
    for (double x = 0.01; x < 40; x *= 1.37) {
        double p = 0;
        double q = 0;
        for (int phases = 1; phases <= 3; phases++) {
            p += gsl_cdf_gamma_P(x, phases, 2) / 3;
            q += gsl_cdf_gamma_Q(x, phases, 2) / 3;
        }
        assert_near(dist_cdf(&left, x), p, 1e-14);
        assert_near(dist_survival(&left, x), q, 1e-14);
        assert_near(dist_type(&left)->quantile(left.of.params, p, q) / x, 1, 1e-7);
    }
    assert_near(dist_mean(&left), (12 + 36) / 12.0, 1e-12);
    assert_near(dist_variance(&left), (2 + 6 + 12) * 4 / 3.0 - 16, 1e-6);
    assert_near(dist_mean_below(&left, 1e3), 4, 1e-6);
    struct dist exponential =
        build(&world, "exponential", (struct setting[]){number("mean", 3), {0}});
    struct dist same = dist_equilibrium(&world.arena, &exponential);
    assert_near(dist_quantile(&same, 0.3), dist_quantile(&exponential, 0.3), 0);
    world_release(&world);
}

int main(void)
{
    (void)gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_and_variance_are_those_of_gsls_cdf),
        cmocka_unit_test(cdf_and_survival_agree_with_gsl),
        cmocka_unit_test(quantiles_invert_gsls_cdf_in_both_tails),
        cmocka_unit_test(own_cdf_returns_the_probability_of_a_quantile),
        cmocka_unit_test(draws_follow_gsls_cdf),
        cmocka_unit_test(every_draw_takes_one_uniform),
        cmocka_unit_test(mean_below_is_the_integral_of_the_survival_function),
        cmocka_unit_test(gamma_quantiles_converge_for_all_shapes),
        cmocka_unit_test(extreme_shapes_keep_mean_and_variance),
        cmocka_unit_test(normal_is_given_by_its_own_mean),
        cmocka_unit_test(pareto_variance_is_infinite_up_to_shape_two),
        cmocka_unit_test(constant_is_known_as_one),
        cmocka_unit_test(mixture_hits_points_of_mass_exactly),
        cmocka_unit_test(mixture_of_weight_one_is_its_first),
        cmocka_unit_test(every_row_says_what_it_is),
        cmocka_unit_test(every_law_is_compared_with_another_form_of_it),
        cmocka_unit_test(parameters_that_contradict_each_other_are_errors),
        cmocka_unit_test(empirical_quantiles_are_those_of_the_step_function),
        cmocka_unit_test(extremes_of_measured_values_are_exact),
        cmocka_unit_test(empirical_values_may_be_a_column_and_scaled),
        cmocka_unit_test(bad_files_are_errors_with_their_line),
        cmocka_unit_test(mean_of_the_maximum_is_known),
        cmocka_unit_test(maxima_of_tasks_match_the_known_answers),
        cmocka_unit_test(first_failure_of_a_platform_matches_the_known_answers),
        cmocka_unit_test(minima_of_other_laws_have_their_moments),
        cmocka_unit_test(extremes_are_drawn_from_their_laws),
        cmocka_unit_test(extreme_of_one_is_the_draw_itself),
        cmocka_unit_test(equilibrium_leaves_what_renewal_theory_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
