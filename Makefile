# covenant - the promises of a securities purchase agreement, held inside the database
#
# Plain PGXS: make, make install, make installcheck.  On Debian 12 dev.sh does
# all of it on a throwaway server: ./dev.sh demo, ./dev.sh check.

# The house has five rooms, each standing only on those before it.  One topic
# is one name: src/ROOM/X.c is its C, src/ROOM/X.sql its part of the install
# script, sql/X.sql and expected/X.out its regression test.  The lists are in
# the order in which the topics build on each other; a topic has only the files
# it needs.
DOOR = covenant settings
NUMBER = decimal rounding quotient rational simplest share_price price_text price_order \
	price_number shares price_arithmetic double_precision state shares_sum price_average \
	issuable allocate big_rational ratio
CALENDAR = holidays calendar lock_up notice months interest damages
TERMS = conversion_terms lowest_average conversion_price worksheet dilution ownership
GUARD = change instrument packed level said pending savepoint sorted citus hook vouch books watch known_watch row reckon capture sweep opening lines issued classify judge past layout statements suits spot direct ledger \
	capital post transaction nodes \
	reading timeline past_range history check pending_rows status company adopted acts consent compare rewrite correct quote_check quotes requote record reprice reprice_nodes requote_here compare_quotes split what_if purge
AGREEMENT = kinds clauses readings entry entry_words entry_ties event schedule records facts holdings conditions proceeds legends spells starts stops due waivers raising \
	claims unpaid segments amounts settlements payments walk answer duty accrual month_end offerings closings limits financings restriction transfers upcoming sides stored adopt amend \
	breaches explain conversion_notice audit
# Tests of the whole, without a topic of their own.
WHOLE = covenants tables structure doors inherited rights shards house hygiene core_expressions search_path

EXTENSION = covenant
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(dir $(lastword $(MAKEFILE_LIST)))covenant.control)
MODULE_big = covenant
PGFILEDESC = "covenant - promises of a securities purchase agreement"

# The directory of this file, so that a build outside the tree finds the sources.
top := $(dir $(lastword $(MAKEFILE_LIST)))
TOPICS = $(DOOR) $(addprefix number/,$(NUMBER)) $(addprefix calendar/,$(CALENDAR)) \
	$(addprefix terms/,$(TERMS)) $(addprefix guard/,$(GUARD)) $(addprefix agreement/,$(AGREEMENT))
those_with = $(foreach t,$(3),$(if $(wildcard $(top)$(1)/$(t).$(2)),$(1)/$(t)))

OBJS = $(addsuffix .o,$(call those_with,src,c,$(TOPICS)))
PARTS = $(addprefix $(top),$(addsuffix .sql,$(call those_with,src,sql,$(TOPICS))))
DATA_built = covenant--$(EXTVERSION).sql
DATA = $(wildcard $(top)upgrade/covenant--*--*.sql)

# COVENANT_CFLAGS is left to the caller: -Werror, -DUSE_ASSERT_CHECKING, ...
PG_CPPFLAGS = -I$(top)src
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -fvisibility=hidden $(COVENANT_CFLAGS)

# make installcheck: SQL tests, concurrent sessions, whole servers.  NO_TAP=1
# leaves the servers out, for packagers whose build may not start any.
REGRESS := $(notdir $(call those_with,sql,sql,$(notdir $(TOPICS)) $(WHOLE)))
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

# Objects go to src/ below the place where make runs: inside the tree its rooms
# are there already, outside they are made.  Absolute names, since make would
# find relative ones in the tree.
ROOMS = $(addprefix $(CURDIR)/,$(sort $(patsubst %/,%,$(dir $(OBJS)))))
$(OBJS) $(OBJS:.o=.bc): $(wildcard $(top)src/*.h $(top)src/*/*.h) | $(ROOMS)
$(ROOMS):
	mkdir -p $@

# What is released: the last commit, without what .gitattributes leaves out.
dist:
	git -C $(top) archive --prefix=covenant-$(EXTVERSION)/ --output=$(CURDIR)/covenant-$(EXTVERSION).zip HEAD

.PHONY: dist
.DELETE_ON_ERROR:
