# Trabao. `make run` and `make test` do everything on a fresh Debian 12; `make help` lists the rest.
#
# One make process builds all rooms. Variants (sanitizers, clang, coverage, fuzzing) are the same rules with other
# flags in a build directory of their own below $(BUILD). What runs tests is tests/run.sh.

VERSION := $(shell sed -n 's/^\#define TRABAO_VERSION "\(.*\)"/\1/p' query/trabao.h)
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
LISTEN ?= 127.0.0.1:8080
FUZZ_SECONDS ?= 60

PKGS := sqlite3 icu-uc icu-i18n libmicrohttpd libarchive libxml-2.0 libzstd jansson yajl libxxhash
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wwrite-strings -Wformat=2 -Wundef -Wcast-qual -Werror
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
OPT ?= -O2
# Counting bits in one instruction: every x86-64 processor since 2009 does.
MARCH ?= $(if $(filter x86_64,$(shell uname -m)),-march=x86-64-v2)
SANITIZE ?=
CFLAGS ?= $(OPT) -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -I. -I$(BUILD)/gen $(WARNINGS) $(HARDENING) -fPIE \
             $(MARCH) $(CFLAGS) $(SANITIZE) $(PKG_CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -pthread $(LDFLAGS) $(SANITIZE)

ROOMS := base text archive corpus indexer query server
# Build tools and the loadable extension are programs of their own.
SOURCES := $(filter-out server/embed.c text/extension.c,$(foreach r,$(ROOMS),$(wildcard $(r)/*.c)))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

V ?=
Q := $(if $(V),,@)

.PHONY: all
all: $(BUILD)/trabao ## build the program and the FTS5 extension

-include text/extension.mk server/server.mk

$(BUILD)/trabao: $(BUILD)/trabao.o $(BUILD)/libtrabao.a
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

$(BUILD)/libtrabao.a: $(OBJECTS)
	@echo "  AR   $@"
	$(Q)rm -f $@ && ar qcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Changes when the compiler or its flags do, and then everything is compiled again.
.PHONY: always
always:
$(BUILD)/flags: always
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@
$(EXTENSION_OBJECTS) $(BUILD)/gen/server_static.o $(BUILD)/embed: $(BUILD)/flags

-include $(OBJECTS:.o=.d) $(BUILD)/trabao.d

# ---- using it ----------------------------------------------------------------------------------------------------

.PHONY: run
run: ## install what is missing, build, index corpus/samples and serve it at http://127.0.0.1:8080
	$(Q).ci/packages build
	$(Q)$(MAKE) --no-print-directory -j2 all
	$(Q)$(BUILD)/trabao index --rebuild --db $(BUILD)/samples.trabao corpus/samples
	@echo "Serving $(BUILD)/samples.trabao at http://$(LISTEN) (Ctrl-C ends it)"
	$(Q)exec $(BUILD)/trabao serve --db $(BUILD)/samples.trabao --listen $(LISTEN)

MANUALS := $(wildcard $(ROOMS:%=%/*.[1-8]))

.PHONY: install
install: all ## install below PREFIX (/usr/local)
	install -D -m 755 $(BUILD)/trabao $(DESTDIR)$(PREFIX)/bin/trabao
	install -D -m 644 $(BUILD)/trabao_fts5.so $(DESTDIR)$(PREFIX)/lib/trabao/trabao_fts5.so
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/trabao/LICENSE
	$(foreach m,$(MANUALS),install -D -m 644 $(m) \
	    $(DESTDIR)$(PREFIX)/share/man/man$(patsubst .%,%,$(suffix $(m)))/$(notdir $(m)) &&) true

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/trabao
	rm -rf $(DESTDIR)$(PREFIX)/lib/trabao $(DESTDIR)$(PREFIX)/share/doc/trabao
	$(foreach m,$(MANUALS),rm -f \
	    $(DESTDIR)$(PREFIX)/share/man/man$(patsubst .%,%,$(suffix $(m)))/$(notdir $(m)) &&) true

.PHONY: dist
dist: ## pack the last commit as build/trabao-VERSION.tar.gz
	$(Q)mkdir -p $(BUILD)
	git archive --prefix=trabao-$(VERSION)/ -o $(BUILD)/trabao-$(VERSION).tar.gz HEAD

# ---- testing it --------------------------------------------------------------------------------------------------

TEST_RUN := BUILD=$(BUILD) MAKE='$(MAKE)' tests/run.sh

.PHONY: test
test: ## install what the tests need and run all of them (gcc, clang, sanitizers)
	$(Q).ci/packages build test
	+$(Q)$(TEST_RUN) all

.PHONY: check
check: ## lint, unit, extension, command-line and HTTP tests of the ordinary build
	+$(Q)$(TEST_RUN) build lint unit extension cli http

.PHONY: lint
lint: $(BUILD)/trabao_fts5.so ## check the law of includes, exported symbols and the habits of the tree
	$(Q)tests/lint/run.sh $(BUILD)

.PHONY: asan ubsan tsan fuzz-replay
asan: ## unit and command-line tests under AddressSanitizer and UBSan
ubsan: ## the same under clang's UBSan alone
tsan: ## unit and HTTP tests under ThreadSanitizer
fuzz-replay: ## run the kept fuzzing inputs through their targets
asan ubsan tsan fuzz-replay:
	+$(Q)$(TEST_RUN) $@

.PHONY: valgrind
valgrind: ## unit tests under valgrind
	$(Q).ci/packages valgrind
	+$(Q)$(TEST_RUN) valgrind

.PHONY: coverage
coverage: ## what the tests run of the code, in build/coverage/report/index.html
	$(Q).ci/packages coverage
	+$(Q)$(TEST_RUN) coverage

.PHONY: fuzz
fuzz: fuzz-build ## fuzz each target for FUZZ_SECONDS (60) with libFuzzer
	$(Q)tests/fuzz/run.sh $(BUILD)/fuzz $(FUZZ_SECONDS) $(FUZZERS)

.PHONY: articles
articles: all ## prove what is found in all of the real articles below TRABAO_DATA; figures in build/articles
	$(Q)BUILD=$(BUILD) tests/articles/run.sh all

.PHONY: bench crash soak relevance oracle
bench: ## measure building, searching, serving and updating, beside PEERS (tests/bench/README.md)
crash: ## kill the indexer at every step of its writing and at random, and compare what a rerun makes
soak: ## hours of load on a server, watching memory and descriptors
relevance: ## how well the best hits answer judged queries, or known items of JSONL (tests/relevance/README.md)
oracle: ## the best by pruning against the best by scoring everything: ORACLE_QUERIES (20000) random queries
bench: $(BUILD)/tests/bench/bench_query
oracle: $(BUILD)/tests/oracle/oracle
bench crash soak relevance oracle: all
	$(Q)BUILD=$(BUILD) tests/$@/run.sh

# Test programs: each of tests/unit with all rooms; the HTTP tests' rules are in server/server.mk.
.PHONY: programs
programs: $(UNIT_TESTS) $(HTTP_TESTS) $(BUILD)/tests/oracle/oracle $(BUILD)/tests/bench/bench_query

.SECONDARY: $(UNIT_TESTS:=.o)
$(UNIT_TESTS): %: %.o $(BUILD)/libtrabao.a
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS) -lm

-include $(UNIT_TESTS:=.d)

MEASURES := $(BUILD)/tests/bench/bench_query $(BUILD)/tests/oracle/oracle
$(MEASURES): %: %.o $(BUILD)/libtrabao.a
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

-include $(MEASURES:=.d)

# Fuzz targets, with libFuzzer or with a main that replays files.
.SECONDARY: $(FUZZERS:%=$(BUILD)/tests/fuzz/fuzz_%.o) $(BUILD)/tests/fuzz/replay.o
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libtrabao.a
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS) -lm

$(BUILD)/tests/fuzz/replay_%: $(BUILD)/tests/fuzz/replay.o $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libtrabao.a
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

.PHONY: fuzzers replays
fuzzers: $(FUZZERS:%=$(BUILD)/tests/fuzz/fuzz_%)
replays: $(FUZZERS:%=$(BUILD)/tests/fuzz/replay_%)

-include $(FUZZERS:%=$(BUILD)/tests/fuzz/fuzz_%.d)

.PHONY: objects
objects: $(OBJECTS) $(EXTENSION_OBJECTS) $(BUILD)/trabao.o $(UNIT_TESTS:=.o) $(HTTP_TESTS:=.o) \
         $(FUZZERS:%=$(BUILD)/tests/fuzz/fuzz_%.o)

# Variants. Fortified headers hide from the sanitizers what these would have seen, hence no hardening there.
UBSAN := -fsanitize=undefined -fno-sanitize-recover=undefined
ASAN := -fsanitize=address $(UBSAN) -fno-omit-frame-pointer
VARIANT = $(MAKE) --no-print-directory BUILD=$(BUILD)/$(1) $(2)
.PHONY: clang-build asan-build ubsan-build tsan-build fuzz-build coverage-build
clang-build:
	+$(Q)$(call VARIANT,clang,CC=clang objects)
asan-build:
	+$(Q)$(call VARIANT,asan,OPT=-O1 HARDENING= SANITIZE='$(ASAN)' all programs replays)
ubsan-build:
	+$(Q)$(call VARIANT,ubsan,CC=clang OPT=-O1 HARDENING= SANITIZE='$(UBSAN)' all programs)
tsan-build:
	+$(Q)$(call VARIANT,tsan,OPT=-O1 HARDENING= SANITIZE=-fsanitize=thread all programs)
coverage-build:
	+$(Q)$(call VARIANT,coverage,OPT=-O0 HARDENING= SANITIZE=--coverage all programs replays)
fuzz-build:
	$(Q).ci/packages fuzz
	+$(Q)$(call VARIANT,fuzz,CC=clang OPT=-O1 HARDENING= SANITIZE='-fsanitize=fuzzer-no-link $(ASAN)' fuzzers)

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16
