/*-------------------------------------------------------------------------
 *
 * schedule.h
 *		Schedule 4(d): for what the proceeds may be used.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COVENANT_SCHEDULE_H
#define COVENANT_SCHEDULE_H

#include "compat.h"
#include "number/ratio.h"

typedef struct Category
{
	const char *name;
	Ratio		planned;
} Category;

/* The schedule, and the Subsidiaries that exist at signing. */
typedef struct Schedule
{
	bool		has_categories; /* else nobody says which there are */
	int			ncategories;
	Category   *categories;
	bool		has_subsidiaries;
	int			nsubsidiaries;
	char	  **subsidiaries;
} Schedule;

extern void read_categories(Schedule *schedule, Datum proceeds);
extern void read_subsidiaries(Schedule *schedule, Datum names);
extern const Category *find_category(const Schedule *schedule, const char *name);
extern bool is_subsidiary(const Schedule *schedule, const char *name);

#endif							/* COVENANT_SCHEDULE_H */
