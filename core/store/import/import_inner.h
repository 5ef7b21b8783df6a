/* import_inner: what the kinds of import share; nobody else includes it. */
#ifndef WAYMARK_IMPORT_INNER_H
#define WAYMARK_IMPORT_INNER_H

#include "store/import/import.h"
#include "store/people/people.h"

typedef struct importer {
  store *store;
  db *db;
  const import_options *options;
  import_report *report;
  csv_reader *reader;
  csv_column columns[CSV_WANTED]; /* the kind's, as this workspace needs them */
  left_out *left;
  people *people;
  bool *touched; /* [schools]: of which rows were taken */
  size_t touched_room;
  void *own;         /* the kind's */
  slice last_school; /* the cell before, and what it meant */
  char last_text[64];
  size_t last_index;
} importer;

/* One kind. Every function answers failures of the import as a whole; a row
 * that cannot be taken goes to import_leave_out. `begin`, `finish`, `write` may
 * be NULL. */
typedef struct import_ops {
  const char *name;
  const csv_column *columns; /* `school` first, except for schools */
  size_t column_count;
  status (*begin)(importer *i, problem *p);
  status (*row)(importer *i, const csv_row *row, problem *p);
  status (*finish)(importer *i, problem *p);                /* fill in the report */
  status (*write)(importer *i, int64_t import, problem *p); /* what waited for its row */
  void (*end)(importer *i);
} import_ops;

extern const import_ops import_schools, import_calendar, import_pupils, import_contacts,
    import_marks;

enum { COLUMN_SCHOOL = 0 };

/* Leave a row out for a reason, in words that name the cell. */
status import_leave_out(importer *i, const csv_row *row, enum left_reason reason, problem *p,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));
#define import_warn(i, warning, ...) tally_add(&(i)->report->warnings[warning], __VA_ARGS__)

/* The school of a row. When it is not known the row has been left out and
 * *found is false. */
status import_school(importer *i, const csv_row *row, size_t *school, bool *found, problem *p);
/* A date cell; an empty one is DAY_NONE. As above when it is no date. */
status import_date(importer *i, const csv_row *row, slice cell, day *out, bool *found, problem *p);
/* 1, 0, yes, no, true, false, y, n in any case; -1 when empty. */
status import_flag(importer *i, const csv_row *row, slice cell, const char *name, int *out,
                   bool *found, problem *p);

/* A row of this school and date (DAY_NONE: without one) was taken. */
void import_took(importer *i, size_t school, day on);

/* A UPN as it is compared: in capitals. `room` holds it when it had small
 * letters; false when it is too long to be one. */
enum { UPN_ROOM = 48 };
bool import_upn(slice cell, char room[UPN_ROOM], slice *out);
/* The pupil of a row by UPN, else by admission number: the newest entry of the
 * school's roll. Left out and *found false when there is none. */
status import_pupil(importer *i, const csv_row *row, size_t school, slice upn, slice number,
                    roll **r, uint32_t *entry, bool *found, problem *p);

#endif
