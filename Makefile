# ckptsim: build, test, check, install. `make help` lists the goals.
#
# The first half of this file is what people ask for. Each goal starts a second
# make that builds in one mode (release, asan, ...) with every core. That make
# looks for the libraries when it starts, so `make deps demo` works on a machine
# that has none of them yet.
#
#   V=1                            show the full commands
#   CC= CFLAGS= CPPFLAGS= LDFLAGS= LDLIBS=   yours; they are added to the project's own
#   PREFIX= DESTDIR=               where install puts things

PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
CLANG   ?= clang

Q := $(if $(V),,@)

ifndef MODE

# ---- Goals -------------------------------------------------------------------

# Goals of one command line run one after the other.
.NOTPARALLEL:

cores = $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# As many jobs as cores, unless the caller said -j himself.
jobs  = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(cores))
build = $Q$(MAKE) --no-print-directory $(jobs) MODE=$1 $2

all:       ## build the program, build/ckptsim (the default)
	$(call build,release,program)

deps:      ## install what building, testing and plotting need
	$Qsh .ci/deps

deps-dev:  ## install what lint needs besides
	$Qsh .ci/deps dev

deps-peers: ## install the simulators that bench-peers compares with
	$Qsh .ci/deps peers

demo:      ## the main job on shipped scenarios: results and plots in build/demo/
	$(call build,release,demo)

test:      ## unit, model and command-line tests, optimised
	$(call build,release,check)

# Sanitizers: statistical tests with a fiftieth of the replications; tsan runs what has threads.
asan:      ## the tests under AddressSanitizer and LeakSanitizer
	$(call build,asan,check)
ubsan:     ## the tests under UndefinedBehaviorSanitizer
	$(call build,ubsan,check)
tsan:      ## the tests that have threads under ThreadSanitizer
	$(call build,tsan,check)

lint:      ## formatting, warnings of gcc and clang, clang-tidy, cppcheck, layers
	$(call build,lint,-k lint)

coverage:  ## lines of sim/ that the tests execute, by file (build/coverage/summary.txt)
	$(call build,coverage,coverage)

bench:     ## speed, as ratios against bare kernels in the same run
	$(call build,release,bench)

bench-peers: ## speed against SimPy, SimGrid and ns-3
	$(call build,release,bench-peers)

validate:  ## the model tests with longer statistics, and published figures beside ours
	$(call build,release,validate)

install:   ## program, gnuplot scripts, scenarios, schema, man page, to PREFIX
	$(call build,release,install)

uninstall: ## take them away again
	rm -f $(DESTDIR)$(PREFIX)/bin/ckptsim $(DESTDIR)$(PREFIX)/share/man/man1/ckptsim.1
	rm -rf $(DESTDIR)$(PREFIX)/share/ckptsim

clean:     ## remove build/
	rm -rf build

help:      ## this list
	@sed -n 's/^\([a-z-]*\): *## /\1	/p' Makefile | while IFS='	' read -r goal what; do \
	    printf '  %-12s %s\n' "$$goal" "$$what"; done

.PHONY: all deps deps-dev deps-peers demo test asan ubsan tsan lint coverage bench bench-peers \
        validate install uninstall clean help

else

# ---- Building in one mode ----------------------------------------------------

B := build/$(MODE)

# The program that people use has the short name, those of the other modes live with their objects.
PROGRAM := $(if $(filter release,$(MODE)),build,$B)/ckptsim

STD  := -std=c17 -D_POSIX_C_SOURCE=200809L
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
        -Wdouble-promotion -Wfloat-conversion -Wformat=2 -Wundef -Wvla \
        -Wcast-qual -Wwrite-strings -Wstrict-prototypes \
        -Wmissing-prototypes -Wold-style-definition -Wswitch-enum
# Same results on every machine: no contraction to fused multiply-add, no fast-math.
FP   := -ffp-contract=off -fno-fast-math

OPT_release  := -O2 -g
OPT_debug    := -O0 -g3
OPT_lint     := -O2
OPT_asan     := -O1 -g -fsanitize=address -fno-omit-frame-pointer
OPT_ubsan    := -O1 -g -fsanitize=undefined,float-divide-by-zero,float-cast-overflow \
                -fno-sanitize-recover=all
OPT_tsan     := -O1 -g -fsanitize=thread
OPT_coverage := -O0 -g --coverage

# Third-party headers are -isystem, so that their warnings stay theirs.
PKGS     := gsl libcjson
PKG_CPP  := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

# The user's flags come last, so that they win.
ALL_CPPFLAGS = -Isim $(PKG_CPP) $(DEFS) $(CPPFLAGS)
ALL_CFLAGS  := $(STD) $(WARN) $(FP) $(OPT_$(MODE)) $(CFLAGS)
ALL_LDLIBS  := $(PKG_LIBS) -lm -pthread $(LDLIBS)

SRC     := $(sort $(wildcard sim/*/*.c))
HEADERS := $(sort $(wildcard sim/*/*.h tests/*.h tests/*/*.h))
PRESETS := $(sort $(wildcard scenarios/presets/*.json))
OBJ     := $(SRC:%.c=$B/%.o) $B/gen/presets.o
LIB     := $B/libckptsim.a

program: $(PROGRAM)

$(PROGRAM): $B/sim/cli/main.o $(LIB)
	@echo '  LINK  $@'
	$Q$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(ALL_LDLIBS) -o $@

$(LIB): $(filter-out $B/sim/cli/main.o,$(OBJ))
	@echo '  AR    $@'
	$Qrm -f $@ && $(AR) rcs $@ $^

compile = $Q$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$B/%.o: %.c $B/flags
	@echo '  CC    $<'
	@mkdir -p $(@D)
	$(compile)

# The scenarios that the program carries with it.
$B/gen/presets.c: $(PRESETS) sim/scenario/presets.sh $B/gen/presets.list
	@echo '  GEN   $@'
	$Qsh sim/scenario/presets.sh $(PRESETS) > $@

$B/gen/presets.o: $B/gen/presets.c $B/flags
	@echo '  CC    $<'
	$(compile)

# Where the installed program finds its gnuplot scripts.
$B/sim/report/%.o: DEFS := -DCKPTSIM_DATADIR='"$(PREFIX)/share/ckptsim"'
$(filter $B/sim/report/%,$(OBJ)): $B/prefix

# Files that change only when what they record does: other flags, another compiler, a preset
# removed or another PREFIX rebuild what depends on them.
record = @mkdir -p $(@D); echo '$(strip $1)' | cmp -s - $@ || echo '$(strip $1)' > $@
# What must be installed, said in one line.
need = @pkg-config --exists $1 2>/dev/null || { \
    echo 'ckptsim needs pkg-config and the development files of: $1. Run: make deps' >&2; exit 1; }

$B/flags: FORCE
	$(call need,$(PKGS))
	$(call record,$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) $(ALL_LDLIBS))
$B/prefix: FORCE
	$(call record,$(PREFIX))
$B/gen/presets.list: FORCE
	$(call record,$(PRESETS))

# ---- Tests -------------------------------------------------------------------

UNIT_TESTS  := $(sort $(wildcard tests/unit/test_*.c))
MODEL_TESTS := $(sort $(wildcard tests/model/test_*.c))
CLI_TESTS   := $(sort $(wildcard tests/cli/*.sh))
# What starts threads.
TSAN_TESTS  := $(wildcard tests/unit/test_experiment*.c tests/model/test_experiment*.c \
                          tests/unit/test_workers*.c tests/cli/determinism.sh)

ifeq ($(MODE),tsan)
CHECKS := $(TSAN_TESTS)
else
CHECKS := $(UNIT_TESTS) $(MODEL_TESTS) $(CLI_TESTS) tests/check_layers
endif

# tests/unit/test_x.c becomes the program build/MODE/tests/unit/test_x; scripts stay what they are.
CHECKS   := $(patsubst %.c,$B/%,$(CHECKS))
TEST_SRC := $(sort $(wildcard tests/*.c tests/unit/*.c tests/model/*.c))
TEST_OBJ := $(TEST_SRC:%.c=$B/%.o)
# What is no test by itself is shared by them.
TEST_LIB := $B/libtests.a

CMOCKA_LIBS := $(shell pkg-config --libs cmocka 2>/dev/null)

$(TEST_OBJ): DEFS := -Itests
$(TEST_OBJ): | need-cmocka
need-cmocka:
	$(call need,cmocka)

$(TEST_LIB): $(filter-out $(UNIT_TESTS:%.c=$B/%.o) $(MODEL_TESTS:%.c=$B/%.o),$(TEST_OBJ))
	$Qrm -f $@ && $(AR) rcs $@ $^

$(filter $B/%,$(CHECKS)): $B/%: $B/%.o $(TEST_LIB) $(LIB)
	@echo '  LINK  $@'
	$Q$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(CMOCKA_LIBS) $(ALL_LDLIBS) -o $@

SCALE := $(if $(filter release debug,$(MODE)),,CKPTSIM_TEST_SCALE=50)

check: $(PROGRAM) $(CHECKS)
	$Q$(SCALE) tests/run $(PROGRAM) $B/findings $(CHECKS)

validate: $(PROGRAM) $(filter $B/tests/model/%,$(CHECKS))
	$QCKPTSIM_VALIDATE=1 tests/run $(PROGRAM) $B/findings $(filter $B/tests/model/%,$(CHECKS))
	$Qsh tests/validate/published.sh $(PROGRAM) .
	$Qsh tests/validate/recoveries.sh $(PROGRAM) .
	$Qsh tests/validate/stories.sh $(PROGRAM) .

# Counts of an earlier run must not add to this one's.
coverage:
	$Qif [ -d $B ]; then find $B -name '*.gcda' -exec rm -f {} +; fi
	$Qfailed=0; $(MAKE) --no-print-directory MODE=coverage check || failed=1; \
	    tests/coverage $B > $B/summary.txt && cat $B/summary.txt && exit $$failed

# ---- Lint --------------------------------------------------------------------

# One stamp per file, so that a second run looks only at what changed. Any header may matter.
LINT_SRC   := $(SRC) $(wildcard tests/*.c tests/*/*.c)
LINT_FLAGS  = $(ALL_CPPFLAGS) -Itests -DCKPTSIM_DATADIR='""' $(STD) $(WARN) -O2 -Werror -fsyntax-only
TIDY_FLAGS := $(ALL_CPPFLAGS) -DCKPTSIM_DATADIR='""' $(STD)

lint: lint-format lint-scripts lint-layers lint-cppcheck \
      $(HEADERS:%=$B/%.alone) $(LINT_SRC:%=$B/%.clean) $(SRC:%=$B/%.tidy)
	@echo 'lint: clean'

lint-format: need-dev
	@echo '  LINT  clang-format'
	$Qclang-format --dry-run --Werror $(HEADERS) $(LINT_SRC) $(wildcard tests/bench/*.cpp)

lint-scripts:
	@echo '  LINT  sh -n'
	$Qfor script in .ci/deps .ci/run tests/run tests/check_layers tests/coverage \
	    $(wildcard sim/*/*.sh tests/*/*.sh scenarios/*.sh); do sh -n $$script || exit 1; done

lint-layers:
	@echo '  LINT  tests/check_layers'
	$Qtests/check_layers

# Starting a search with low = high = middle is no slip of the pen.
lint-cppcheck: need-dev
	@echo '  LINT  cppcheck'
	$Qcppcheck --enable=warning,portability --suppress=duplicateAssignExpression \
	    --inline-suppr --error-exitcode=1 -q -j2 --std=c11 -Isim $(SRC)

$B/%.h.alone: %.h $(HEADERS) | need-dev
	@echo '  LINT  $< alone'
	@mkdir -p $(@D)
	$Qfor cc in $(CC) $(CLANG); do \
	    printf '#include "%s"\nextern int something;\n' $(patsubst sim/%,%,$(<:tests/%=%)) | \
	    $$cc $(LINT_FLAGS) -Wno-unused-function -x c - || exit 1; done
	@touch $@

# In the tables of tests, rows leave out the columns that do not apply.
$B/tests/%.clean: LINT_FLAGS += -Wno-missing-field-initializers
$B/%.c.clean: %.c $(HEADERS) | need-dev
	@echo '  LINT  $< with two compilers'
	@mkdir -p $(@D)
	$Q$(CC) $(LINT_FLAGS) $<
	$Q$(CLANG) $(LINT_FLAGS) $<
	@touch $@

$B/%.c.tidy: %.c $(HEADERS) .clang-tidy | need-dev
	@echo '  LINT  $< with clang-tidy'
	@mkdir -p $(@D)
	$Qclang-tidy --quiet $< -- $(TIDY_FLAGS) 2> $@.log || { cat $@.log >&2; exit 1; }
	@touch $@

need-dev:
	$(call need,$(PKGS) cmocka)
	@for tool in $(CLANG) clang-format clang-tidy cppcheck; do \
	    command -v $$tool > /dev/null || { \
	    echo "lint needs $$tool. Run: make deps-dev" >&2; exit 1; }; done

# ---- Speed -------------------------------------------------------------------

BENCHES   := $(patsubst tests/%.c,build/%,$(sort $(wildcard tests/bench/bench_*.c)))
# What is no bench by itself is shared by them.
BENCH_SRC := $(filter-out tests/bench/bench_%,$(sort $(wildcard tests/bench/*.c)))
BENCH_OBJ := $(BENCH_SRC:%.c=$B/%.o)

$B/tests/bench/%.o: DEFS := -Itests

build/bench/%: $B/tests/bench/%.o $(BENCH_OBJ) $(LIB)
	@echo '  LINK  $@'
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(ALL_LDLIBS) -o $@

bench: $(PROGRAM) $(BENCHES)
	$Qfor bench in $(BENCHES); do ./$$bench $(PROGRAM) || exit 1; done

# Models in C++ for other simulators, built for this goal alone and only where their libraries are.
CXX     ?= c++
PEERS   := build/bench/simgrid_stream build/bench/ns3_stream
CXX_STD := -std=c++17 -O2

build/bench/simgrid_stream: tests/bench/simgrid_stream.cpp
	$(call build-peer,simgrid)
build/bench/ns3_stream: tests/bench/ns3_stream.cpp
	$(call build-peer,ns3-core)

define build-peer
	@mkdir -p $(@D)
	$Qif pkg-config --exists $1; then echo '  CXX   $@'; \
	    $(CXX) $(CXX_STD) $$(pkg-config --cflags $1) $< $$(pkg-config --libs $1) -o $@; fi
endef

bench-peers: $(PROGRAM) $(PEERS)
	$Qsh tests/bench/peers.sh $(PROGRAM) build/bench

# ---- Demo, install -----------------------------------------------------------

demo: $(PROGRAM)
	$Qsh scenarios/demo.sh $(PROGRAM) build/demo

$B/schema.json: $(PROGRAM)
	$Q$(PROGRAM) list --schema > $@

SHARE := $(DESTDIR)$(PREFIX)/share

install: $(PROGRAM) $B/schema.json
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/ckptsim/analysis $(SHARE)/ckptsim/scenarios \
	    $(SHARE)/man/man1
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/ckptsim
	install -m 644 analysis/*.gp $(SHARE)/ckptsim/analysis
	install -m 644 $B/schema.json $(SHARE)/ckptsim/schema.json
	install -m 644 sim/report/results.schema.json $(SHARE)/ckptsim/results.schema.json
	cp -R scenarios/. $(SHARE)/ckptsim/scenarios
	chmod -R u+rwX,go=rX $(SHARE)/ckptsim/scenarios
	install -m 644 sim/cli/ckptsim.1 $(SHARE)/man/man1/ckptsim.1

# ---- Rules about rules -------------------------------------------------------

-include $(wildcard $B/gen/*.d $B/sim/*/*.d $B/tests/*.d $B/tests/*/*.d)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: FORCE program check validate coverage lint lint-format lint-scripts lint-layers \
        lint-cppcheck need-cmocka need-dev bench bench-peers demo install

endif
