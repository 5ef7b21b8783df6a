/* import: a CSV file into the workspace: schools, calendar, pupils, contacts,
 * marks. Good rows are taken; the others are counted by reason, shown, and kept
 * apart (left_out.h).
 *
 * 1. All or nothing for what is taken: an import that fails changes nothing.
 *    It begins and commits a transaction of its own, or, inside one of the
 *    caller's, is a savepoint that the caller's commit makes final.
 * 2. A dry run is the same code, rolled back; it writes no file.
 * 3. With `strict` any row left out fails the import (STATUS_REFUSED); the
 *    report is complete all the same.
 * 4. The same file again changes nothing: every row is unchanged.
 * 5. Never by name: pupils are found by UPN, else by the school's own admission
 *    number, at the school the row names.
 * 6. No code of the register is known here, and no clock is read.
 *
 * Marks: no mark (an empty cell or "-") over a known one is reported as cleared
 * and the mark kept. An administrative code on a closed day agrees with the
 * calendar: counted, not stored. The later of two marks for one session wins
 * and is named. A row without a mark that is dated after today says nothing
 * yet: it is counted and moves no reach. */
#ifndef WAYMARK_IMPORT_H
#define WAYMARK_IMPORT_H

#include "store/csv/left_out.h"
#include "store/store.h"

enum import_kind {
  IMPORT_SCHOOLS,
  IMPORT_CALENDAR,
  IMPORT_PUPILS,
  IMPORT_CONTACTS,
  IMPORT_MARKS,
  IMPORT_KINDS
};

const char *import_kind_name(enum import_kind k); /* "schools" */
bool import_kind_parse(slice name, enum import_kind *out);

typedef struct import_options {
  enum import_kind kind;
  const char *path;
  int64_t at;     /* when this is learnt: UTC seconds */
  day today;      /* marks after it are left out; DAY_NONE: none are */
  const char *by; /* who imports; may be NULL */
  bool strict, dry_run;
  const char *left_out_dir; /* NULL: the rows left out are not kept */
  const char *am_code;      /* the text of the code that says "in school this */
  const char *pm_code;      /*   morning" ("this afternoon"); NULL: none does */
  size_t memory;            /* most bytes of sheets in memory; 0: as is usual (marks) */
  /* Called now and then with bytes read; false stops the import. May be NULL. */
  bool (*progress)(void *context, uint64_t done, uint64_t total);
  void *context;
} import_options;

enum import_warning {
  WARN_CALENDAR_WRONG, /* many real marks fall on closed days */
  WARN_WRONG_HALF,     /* the morning's code in an afternoon, or the reverse */
  WARN_OUTSIDE,        /* a mark outside the dates of the enrolment */
  WARN_UPN_LETTER,
  WARN_UPN_FORM,
  WARN_TWICE,         /* a pupil twice in one file */
  WARN_NUMBER_SHARED, /* an admission number of two pupils */
  WARN_NO_COLUMN,     /* an optional column that matters is missing */
  WARN_WEEKEND,       /* a calendar that opens on a Saturday or Sunday */
  IMPORT_WARNINGS
};

const char *import_warning_name(enum import_warning w); /* "wrong-half" */
const char *import_warning_sentence(enum import_warning w);

typedef struct import_pair {
  mark was, now;
  size_t count;
} import_pair;

/* rows = added + unchanged + changed + repeated + cleared + no_mark + agreed +
 * left_out (contacts: `removed` are stored ones that the file no longer has). */
typedef struct import_report {
  enum import_kind kind;
  size_t rows; /* records of the file, headings and empty lines aside */
  size_t added, unchanged, changed, removed;
  size_t repeated, cleared, no_mark, agreed;
  size_t left_out;
  tally reasons[LEFT_REASONS];
  tally warnings[IMPORT_WARNINGS];
  tally repeats, clears; /* their examples */
  import_pair *pairs;    /* [pair_count], the most frequent first */
  size_t pair_count;
  code_set codes;   /* what the bytes of pairs mean */
  day first, last;  /* dates of the rows taken; DAY_NONE */
  size_t sessions;  /* half days of any school of which rows came */
  size_t schools;   /* schools of which rows were taken */
  bool seen_before; /* the very same bytes were imported before */
  char encoding[16], delimiter;
  char digest[LINES_DIGEST];
  char *file;     /* its name without folder */
  char **ignored; /* [ignored_count]: headings that were not read */
  size_t ignored_count;
  char **groups; /* [group_count]: headings kept as groups (pupils) */
  size_t group_count;
  char *left_out_path; /* NULL: none was written */
  int64_t import;      /* its row; 0: nothing was recorded */
} import_report;

/* `out` is zeroed first and, whatever happens, is to be freed. Failures:
 * STATUS_NOT_FOUND and STATUS_IO (the file), STATUS_SYNTAX (its headings),
 * STATUS_REFUSED (strict; read-only; stopped by `progress`; a workspace without
 * schools), and the store's own. A left-out file of an import that succeeded
 * inside the caller's transaction stays when the caller rolls back: remove
 * `left_out_path`. */
status import_run(store *s, const import_options *options, import_report *out, problem *p);
void import_report_free(import_report *r);

#endif
