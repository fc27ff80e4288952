# covenant - the promises of a securities purchase agreement, held inside the database
#
# Plain PGXS: make, make install, make installcheck.  On Debian,
# ./dev.sh demo and ./dev.sh check do all of it on a throwaway cluster.

# One topic is one name: src/X.c is its C, src/X.sql its part of the install
# script, sql/X.sql and expected/X.out its regression test.  The list is in the
# order in which the topics build on each other; a topic has only the files it
# needs.
TOPICS = covenant settings decimal rounding \
	rational share_price shares price_arithmetic issuable allocate \
	change pending books watch row capture classify judge ledger post \
	check status audit \
	holidays calendar quotient months interest damages \
	clauses readings event history duty accrual month_end consent adopt

EXTENSION = covenant
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(dir $(lastword $(MAKEFILE_LIST)))covenant.control)
MODULE_big = covenant
PGFILEDESC = "covenant - promises of a securities purchase agreement"

# The directory of this file, so that a build outside the tree finds the sources.
top := $(dir $(lastword $(MAKEFILE_LIST)))
those_with = $(foreach t,$(TOPICS),$(if $(wildcard $(top)$(1)/$(t).$(2)),$(1)/$(t).$(3)))

OBJS = $(call those_with,src,c,o)
PARTS = $(addprefix $(top),$(call those_with,src,sql,sql))
DATA_built = covenant--$(EXTVERSION).sql

PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -fvisibility=hidden $(COVENANT_CFLAGS)

REGRESS = $(notdir $(basename $(call those_with,sql,sql,sql)))
REGRESS_OPTS = --inputdir=$(top) --load-extension=covenant
ISOLATION = $(notdir $(basename $(sort $(wildcard $(top)test/specs/*.spec))))
ISOLATION_OPTS = --inputdir=$(top)test --load-extension=covenant
ifndef NO_TAP
TAP_TESTS = 1
PROVE_TESTS ?= test/t/*.pl
endif
EXTRA_CLEAN = covenant--*.sql

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(wildcard $(PGXS)),)
$(error no PGXS from "$(PG_CONFIG)". Debian: apt-get install postgresql-server-dev-15; or ./dev.sh demo, which installs it)
endif
include $(PGXS)

# The install script is the topics' parts, one after the other.
covenant--$(EXTVERSION).sql: $(PARTS) $(top)covenant.control
	cat $(PARTS) > $@

$(OBJS): $(wildcard $(top)src/*.h) | src
src:
	mkdir -p $@
