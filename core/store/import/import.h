/* import: a file into the workspace: schools, calendar, pupils, contacts,
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
#include "store/db/digest.h"
#include "store/import/log.h"
#include "store/people/roll.h"
#include "store/store.h"

enum import_kind {
  IMPORT_SCHOOLS,
  IMPORT_REMOVED_SCHOOLS,
  IMPORT_CALENDAR,
  IMPORT_PUPILS,
  IMPORT_CONTACTS,
  IMPORT_MARKS,
  IMPORT_KINDS
};

const char *import_kind_name(enum import_kind k); /* "schools" */
bool import_kind_parse(slice name, enum import_kind *out);
/* The columns that files of that kind may have. */
const csv_column *import_columns(enum import_kind k, size_t *count);

typedef struct import_options {
  enum import_kind kind;
  const char *path;
  const reading *reading; /* what the file is said to be; NULL: find out */
  int64_t at;             /* when this is learnt: UTC seconds */
  day today;              /* marks after it are left out; DAY_NONE: none are */
  const char *by;         /* who imports; may be NULL */
  bool strict, dry_run;
  const char *left_out_dir; /* NULL: the rows left out are not kept */
  const char *am_code;      /* the text of the code that says "in school this */
  const char *pm_code;      /*   morning" ("this afternoon"); NULL: none does */
  const char *same;         /* UPNs of which a person says that they are still that child's, and */
  const char *another;      /*   those that are another child's now; apart by spaces; NULL: none */
  size_t names_most;        /* most children that are named for one reason; 0: NAMES_USUAL */
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
  WARN_NAME_DAMAGED,  /* a name that a program damaged; a good one that is known is kept */
  WARN_MAY_BE_ONE,    /* a new pupil who may be one that is known */
  WARN_MINUTES,       /* minutes late that are no number */
  WARN_DETAIL,        /* a comment or sub-code longer than is kept */
  IMPORT_WARNINGS
};

const char *import_warning_name(enum import_warning w); /* "wrong-half" */
const char *import_warning_sentence(enum import_warning w);

/* What children are named for, beside the counts. */
enum import_names {
  NAMES_IDENTITY,    /* the name, the date of birth, the UPN or the admission number changed */
  NAMES_CHANGED,     /* something else of a pupil changed */
  NAMES_NEW,         /* at a school that had pupils */
  NAMES_NOT_IN_LIST, /* on roll, and not in a full list of pupils */
  NAMES_KEPT,        /* a blank would have taken away what is known */
  NAMES_MARKS,       /* marks that were known are others now */
  NAMES_UNPROTECTED, /* a contact is no longer "no contact", an address no longer confidential */
  NAMES_MAY_BE_PROTECTED, /* a row may be of a contact who is protected, and is protected too */
  NAMES_CONTACT,          /* something else of a contact changed */
  NAMES_CONTACT_GONE,     /* a contact is no longer in the file */
  NAMES_CONTACT_KEPT,     /* a contact is not in the file, but a row of it was left out */
  IMPORT_NAMES
};
enum { NAMES_USUAL = 20 };

const char *import_names_name(enum import_names n); /* "not-in-list" */
const char *import_names_sentence(enum import_names n);

/* Children named for one reason: of all that are counted the first, as texts of a name, what is
 * said of it and a line, each with a NUL behind it: safe for a terminal. */
typedef struct name_list {
  size_t count, shown;
  buffer texts;
} name_list;

typedef struct import_pair {
  mark was, now;
  size_t count;
} import_pair;

/* rows = added + unchanged + changed + repeated + merged + cleared + no_mark + agreed +
 * left_out, and `removed` of the kind that removes (contacts: stored ones that the file no longer
 * has, in no row). */
typedef struct import_report {
  enum import_kind kind;
  size_t rows; /* records of the file */
  size_t added, unchanged, changed, removed;
  size_t repeated, merged, cleared, no_mark, agreed; /* merged: further rows of one contact */
  const char *shape; /* of marks: "long", "grid" …; rows are then marks */
  size_t details;    /* marks of which minutes late, a comment or a sub-code were new or other */
  size_t left_out;
  examples reasons[LEFT_REASONS];
  examples warnings[IMPORT_WARNINGS];
  examples repeats, clears;
  name_list names[IMPORT_NAMES];
  examples passed_over; /* rows that are no records: headings again, totals, footers */
  import_pair *pairs;   /* [pair_count], the most frequent first */
  size_t pair_count;
  code_set codes;   /* what the bytes of pairs mean */
  day first, last;  /* dates of the rows taken; DAY_NONE */
  size_t sessions;  /* half days of any school of which rows came */
  size_t schools;   /* schools of which rows were taken */
  bool seen_before; /* the very same bytes were imported before, and not undone */
  char encoding[16], delimiter;
  char digest[DIGEST_HEX];
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
status import_run(store *w, const import_options *options, import_report *out, problem *p);
void import_report_free(import_report *r);

/* Private part, for the kinds ---------------------------------------------------
 *
 * A kind is a handler: the columns it reads, and one function that walks through the
 * rows of the file and takes them. To add one: its name above, a file import/NAME.c
 * with its handler, and its line in the table of import.c. */

typedef struct importer importer;

typedef struct import_handler {
  const char *name;
  const csv_column *columns; /* `school` first, and required there by kinds that are of schools */
  size_t column_count;
  /* Take all rows and fill in the report: -> i->failed. */
  status (*run)(importer *i);
} import_handler;

struct importer {
  const import_handler *kind;
  store *store;
  db *db;
  const import_options *options;
  import_report *report;
  problem *problem;
  status failed; /* the first failure of the import as a whole */
  csv_reader *reader;
  csv_row row; /* the one at hand; without a fault */
  left_out *left;
  csv_column columns[CSV_WANTED]; /* the kind's, as this workspace needs them */
  schools *schools;
  size_t roll_count; /* schools at the beginning: the kind `schools` adds some */
  roll *rolls;       /* [roll_count], read when they are asked for */
  bool *touched;     /* [roll_count]: of which rows were taken */
  int64_t import;    /* the row of this import; 0: not yet */
  void *state;       /* the kind's own */
  /* For a kind that finds several things in a record: leave out the one at hand, or all, adding to
   * the words where it stands. -> how many; 0: failed. NULL: a record is left out as it came. */
  size_t (*leave_out_parts)(importer *i, char words[EXAMPLE_WORDS]);
  slice last_school; /* the cell before, and what it meant */
  char last_text[64];
  size_t last_index;
  buffer *left_texts; /* NULL, or where a kind wants the rows that are left out, folded */
  import_log log;
};

extern const import_handler import_schools, import_removed_schools, import_calendar, import_pupils,
    import_contacts, import_marks;

enum { COLUMN_SCHOOL = 0 };

/* Keep a failure; whether there was none. Functions that say "or failed" have done so. */
static inline bool import_ok(importer *i, status s) {
  if (s && !i->failed) i->failed = s;
  return !s;
}

/* What kinds ask of row.c. The next row that can be read, into i->row; those that cannot are left
 * out. False at the end of the file, or failed. */
bool import_next(importer *i);
/* In two steps, for a kind that reads rows faster than it could be asked of each whether it is a
 * record: the next row, and whether that is a record; one that is none is passed over, and one
 * with a cell that a spreadsheet could not work out is left out. */
bool import_next_row(importer *i);
bool import_is_record(importer *i);
/* The number that this import will have, for rows that name it and are written before. */
bool import_number(importer *i, int64_t *out);
/* Write the row of this import, once the report is complete. A kind whose own rows name
 * it asks before it writes them; for the others the frame does. False: failed. */
bool import_record(importer *i);

/* Leave the row at hand out for a reason, in words that name the cell. Always false, so
 * that whoever looks at a cell answers with it: the functions below give false when the
 * row has been left out, or failed. */
bool import_leave_out(importer *i, enum left_reason reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define import_warn(i, warning, ...) examples_add(&(i)->report->warnings[warning], __VA_ARGS__)
/* A row of this school and date (DAY_NONE: without one) was taken. */
void import_note_row(importer *i, size_t school, day on);

/* Name a child, as it is; `words` is safe for a terminal, `line` 0 where no row says it. */
void import_name(importer *i, enum import_names why, size_t line, slice name, slice words);

/* Whether no cell is longer than any name or address. */
bool import_fits(importer *i);
/* Cells that several kinds have. The school of the row: */
bool import_school(importer *i, size_t *school);
/* Its roll; false: failed. */
bool import_roll(importer *i, size_t school, roll **out);
/* The date under a column of the kind; an empty cell is DAY_NONE. */
bool import_date(importer *i, size_t column, day *out);
/* The same of a day near those at which children are at school: from 1990 to 2099. */
bool import_school_date(importer *i, size_t column, day *out);
/* 1, 0, yes, no, true, false, y, n in any case; -1 when empty. */
bool import_flag(importer *i, slice cell, const char *name, int *out);

/* A UPN as it is compared: in capitals. `room` holds it when it had small
 * letters; false when it is too long to be one. */
enum { UPN_ROOM = 48 };
bool import_upn(slice cell, char room[UPN_ROOM], slice *out);

typedef struct row_pupil {
  size_t school;
  roll *roll;
  uint32_t entry; /* the newest with that UPN or number */
} row_pupil;

/* The school of the row, and the pupil there by UPN, else by admission number. */
bool import_pupil(importer *i, slice upn, slice number, row_pupil *out);

#endif
