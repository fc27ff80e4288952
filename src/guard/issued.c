/*-------------------------------------------------------------------------
 *
 * issued.c
 *		What of a fall of the reserve is shares issued.
 *
 * n shares less reserved with n shares more outstanding are issued out of the
 * reserve.  Towards the Buyers, whose consent a reduction of the reserve wants
 * (Section 4(h), second sentence), that is not yet enough: as issued counts
 * only what the transaction's own acts explain.  That is what the shares
 * issuable fell by, each note reckoned at the price that it has after the
 * transaction, and the shares that the transaction records as paid; and one
 * share more for each note changed, since each is rounded by itself.  The days
 * on which the parts count do not matter, but the journal has each on its own.
 *
 *-------------------------------------------------------------------------
 */
#include "guard/issued.h"

#include "guard/lines.h"
#include "guard/row.h"

static int64
clipped(int128 n)
{
	return (int64) Min(Max(n, 0), PG_INT64_MAX);
}

/*
 * How many shares went from the reserve into other people's hands.
 */
int64
shares_issued(const Change *acts)
{
	return clipped(Min(-(int128) acts->shares[RESERVED], acts->shares[OUTSTANDING]));
}

/* A note of which acts changed the principal. */
typedef struct ChangedNote
{
	Sum			change;			/* of the principal, by acts */
	Sum			after;			/* the principal after the transaction */
	Price		price;			/* and the price */
	uint8		rounding;
	bool		came;			/* with the transaction: was nothing before */
} ChangedNote;

static int64
shares_of(const ChangedNote *note, const Sum *principal)
{
	InstrumentChange at_price;
	Change		change;

	memset(&at_price, 0, sizeof(at_price));
	at_price.principal = *principal;
	at_price.rounding = note->rounding;
	change_of_instrument(&at_price, &note->price, &change);
	return change.shares[NOTE_SHARES];
}

/*
 * Puts together what was said of one note; false where no act changed its
 * principal.  What covenant itself said of other days is not its price now.
 */
static bool
read_note(ChangedNote *note, const InstrumentChange *said, int n)
{
	memset(note, 0, sizeof(ChangedNote));
	for (int i = 0; i < n; i++)
	{
		if (said[i].settings_kind != CHANGE_CORRECTION && said[i].settings_kind != CHANGE_SPLIT &&
			said[i].price.divisor != 0)
			note->price = said[i].price;
		if (said[i].kind != CHANGE_ACT)
			continue;
		sum_add(&note->change, &said[i].principal, 1);
		note->after = said[i].held;
		note->rounding = said[i].rounding;
		note->came |= said[i].comes;
	}
	return said->is_note && sum_sign(&note->change) != 0 && note->price.divisor != 0;
}

/*
 * The most shares that count as issued.
 */
int64
shares_covered(SaidSource *source, const Change *acts, int64 paid)
{
	int128		fallen = -(int128) acts->shares[WARRANT_SHARES];
	int128		changed = 0;
	InstrumentChange *said;
	int			n;

	rewind_source(source);
	while ((n = next_instrument(source, &said)) > 0)
	{
		ChangedNote note;
		Sum			before;

		n = settle_rows(said, n, NULL);
		if (n == 0 || !read_note(&note, said, n))
			continue;
		before = note.after;
		sum_add(&before, &note.change, -1);
		fallen += (int128) shares_of(&note, &before) - shares_of(&note, &note.after);
		changed += !note.came;
	}
	return clipped(Max(fallen, 0) + changed + paid);
}

/*
 * Shares of the reserve's fall and of the rise of what is outstanding that are
 * still to be given to entries.
 */
static void
give(IssuedPart *part, const Change *change, int64 *from_reserve, int64 *to_outstanding)
{
	int64		falls = clipped(-(int128) change->shares[RESERVED] - part->from_reserve);
	int64		rises = clipped((int128) change->shares[OUTSTANDING] - part->to_outstanding);

	falls = Min(falls, *from_reserve);
	rises = Min(rises, *to_outstanding);
	part->from_reserve += falls;
	part->to_outstanding += rises;
	*from_reserve -= falls;
	*to_outstanding -= rises;
}

/*
 * Parts what is issued between the acts' entries, which are in order of days:
 * first what fell and rose on one day, then the rest, the latest first, so that
 * what is a reduction stays with the day on which the reserve began to fall.
 */
void
share_out(IssuedPart *parts, const Entry *entries, int n, int64 issued)
{
	int64		from_reserve = issued;
	int64		to_outstanding = issued;

	memset(parts, 0, n * sizeof(IssuedPart));
	for (int i = n - 1; i >= 0; i--)
	{
		int64		from = Min(from_reserve, shares_issued(&entries[i].change));
		int64		to = from;

		if (entries[i].kind != CHANGE_ACT)
			continue;
		from_reserve -= from;
		to_outstanding -= to;
		give(&parts[i], &entries[i].change, &from, &to);
	}
	for (int i = n - 1; i >= 0; i--)
	{
		if (entries[i].kind == CHANGE_ACT)
			give(&parts[i], &entries[i].change, &from_reserve, &to_outstanding);
	}
}

/*
 * change += sign * part
 */
void
take_part(Change *change, const IssuedPart *part, int sign)
{
	shares_add(&change->shares[RESERVED], -sign * part->from_reserve);
	shares_add(&change->shares[OUTSTANDING], sign * part->to_outstanding);
}
