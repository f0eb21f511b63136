# Trabao. `make run` and `make test` do everything on a fresh Debian 12; `make help` lists the rest.

VERSION := $(shell sed -n 's/^\#define TRABAO_VERSION "\(.*\)"/\1/p' query/trabao.h)
CC ?= gcc
BUILD ?= build
DB ?= build/samples.trabao
LISTEN ?= 127.0.0.1:8080

PKGS := sqlite3 icu-uc icu-i18n libmicrohttpd libarchive libxml-2.0 libzstd jansson libxxhash
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wwrite-strings -Wformat=2 -Wundef -Wcast-qual -Werror
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
OPT ?= -O2
SANITIZE ?=
CFLAGS ?= $(OPT) -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -I. -I$(BUILD)/gen $(WARNINGS) $(HARDENING) -fPIE $(CFLAGS) $(SANITIZE) $(PKG_CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -pthread $(LDFLAGS) $(SANITIZE)

ROOMS := base text archive corpus indexer query server
# Build tools and the loadable extension are programs of their own.
SOURCES := $(filter-out server/embed.c text/extension.c,$(foreach r,$(ROOMS),$(wildcard $(r)/*.c)))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)

V ?=
Q := $(if $(V),,@)

.PHONY: all
all: $(BUILD)/trabao ## build the program (and the FTS5 extension)

$(BUILD)/trabao: $(BUILD)/trabao.o $(OBJECTS)
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJECTS:.o=.d) $(BUILD)/trabao.d

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16
