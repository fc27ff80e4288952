# covenant - the promises of a securities purchase agreement, held inside the database
#
# Plain PGXS: make, make install, make installcheck.  On Debian 12 dev.sh does
# all of it on a throwaway server: ./dev.sh demo, ./dev.sh check.

# One topic is one name: src/X.c is its C, src/X.sql its part of the install
# script, sql/X.sql and expected/X.out its regression test.  The list is in the
# order in which the topics build on each other; a topic has only the files it
# needs.
TOPICS = covenant settings decimal rounding \
	rational share_price price_order shares price_arithmetic issuable allocate \
	holidays calendar quotient months interest damages \
	big_rational conversion_terms lowest_average conversion_price worksheet dilution \
	change pending books watch row capture classify judge ledger citus post \
	check status \
	clauses readings event history duty accrual month_end consent adopt breaches \
	audit \
	reprice split what_if \
	tables structure rights shards \
	hygiene

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

# COVENANT_CFLAGS is left to the caller: -Werror, -DUSE_ASSERT_CHECKING, ...
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -fvisibility=hidden $(COVENANT_CFLAGS)

# make installcheck: SQL tests, concurrent sessions, whole servers.  NO_TAP=1
# leaves the servers out, for packagers whose build may not start any.
REGRESS := $(notdir $(basename $(call those_with,sql,sql,sql)))
REGRESS_OPTS = --load-extension=covenant
ISOLATION := $(notdir $(basename $(sort $(wildcard $(top)test/specs/*.spec))))
ISOLATION_OPTS = --inputdir=$(top)test --load-extension=covenant
ifndef NO_TAP
TAP_TESTS := $(if $(wildcard $(top)test/t/*.pl),1)
PROVE_TESTS ?= test/t/*.pl
endif

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(wildcard $(PGXS)),)
$(error no PGXS from "$(PG_CONFIG)". Debian: apt-get install postgresql-server-dev-15; or ./dev.sh demo, which installs it)
endif
include $(PGXS)

# The install script is the topics' parts, one after the other.
$(DATA_built): $(PARTS) $(top)covenant.control $(top)Makefile
	cat $(PARTS) > $@

# Objects go to src/ below the place where make runs: inside the tree it is
# there already, outside it is made.  An absolute name, since make would find
# a relative one in the tree.
$(OBJS) $(OBJS:.o=.bc): $(wildcard $(top)src/*.h) | $(CURDIR)/src
$(CURDIR)/src:
	mkdir -p $@

# What is released: the last commit, without what .gitattributes leaves out.
dist:
	git -C $(top) archive --prefix=covenant-$(EXTVERSION)/ --output=$(CURDIR)/covenant-$(EXTVERSION).zip HEAD

.PHONY: dist
.DELETE_ON_ERROR:
