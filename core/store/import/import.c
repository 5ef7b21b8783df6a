/* import: the frame around every kind; see import.h and import_inner.h. */
#include "store/import/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/import/import_inner.h"

enum { PROGRESS_ROWS = 8192 };

static const import_ops *const kinds[IMPORT_KINDS] = {
    [IMPORT_SCHOOLS] = &import_schools, [IMPORT_CALENDAR] = &import_calendar,
    [IMPORT_PUPILS] = &import_pupils,   [IMPORT_CONTACTS] = &import_contacts,
    [IMPORT_MARKS] = &import_marks,
};

const char *import_kind_name(enum import_kind k) {
  return (unsigned)k < IMPORT_KINDS ? kinds[k]->name : "unknown";
}

bool import_kind_parse(slice name, enum import_kind *out) {
  for (unsigned k = 0; k < IMPORT_KINDS; k++)
    if (slice_is(name, kinds[k]->name)) return *out = (enum import_kind)k, true;
  return false;
}

static const struct {
  const char *name, *sentence;
} warnings[IMPORT_WARNINGS] = {
    [WARN_CALENDAR_WRONG] = {"calendar-wrong",
                             "the calendar is probably wrong: many marks fall on closed days"},
    [WARN_WRONG_HALF] = {"wrong-half", "the morning's mark in an afternoon, or the reverse; kept"},
    [WARN_OUTSIDE] = {"outside", "a mark from outside the pupil's time at the school; kept"},
    [WARN_UPN_LETTER] = {"upn-letter", "a UPN whose check letter is wrong; kept"},
    [WARN_UPN_FORM] = {"upn-form", "a UPN that is not made like one; kept"},
    [WARN_TWICE] = {"twice", "a pupil twice in this file; the later row was taken"},
    [WARN_NUMBER_SHARED] = {"number-shared", "an admission number that two pupils have; kept"},
    [WARN_NO_COLUMN] = {"no-column", "a column that matters is missing"},
    [WARN_WEEKEND] = {"weekend", "the calendar is open at a weekend; kept"},
};

const char *import_warning_name(enum import_warning w) {
  return (unsigned)w < IMPORT_WARNINGS ? warnings[w].name : "unknown";
}

const char *import_warning_sentence(enum import_warning w) {
  return (unsigned)w < IMPORT_WARNINGS ? warnings[w].sentence : "unknown";
}

/* Rows ----------------------------------------------------------------------- */

status import_leave_out(importer *i, const csv_row *row, enum left_reason reason, problem *p,
                        const char *format, ...) {
  char words[TALLY_WORDS];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(words, sizeof words, format, args);
  va_end(args);
  words[text_utf8_prefix(slice_of(words))] = '\0'; /* not half a character */
  i->report->left_out++;
  tally_add(&i->report->reasons[reason], row->line, "%s", words);
  return left_out_add(i->left, row, words, p);
}

static status leave_out_unread(importer *i, const csv_row *row, problem *p) {
  static const enum left_reason reasons[] = {
      [CSV_BROKEN_QUOTES] = LEFT_QUOTES, [CSV_WRONG_COUNT] = LEFT_WRONG_COUNT,
      [CSV_TOO_LONG] = LEFT_TOO_LONG,    [CSV_NUL] = LEFT_NUL,
      [CSV_NOT_UTF8] = LEFT_NOT_UTF8,
  };
  enum left_reason reason = reasons[row->fault];
  size_t headings;
  (void)csv_headings(i->reader, &headings);
  if (row->fault == CSV_WRONG_COUNT)
    return import_leave_out(i, row, reason, p, "%zu columns where the heading line has %zu",
                            row->count, headings);
  return import_leave_out(i, row, reason, p, "%s", left_reason_sentence(reason));
}

static status report_progress(const importer *i, problem *p) {
  const import_options *o = i->options;
  if (!o->progress || o->progress(o->context, csv_done(i->reader), csv_size(i->reader)))
    return STATUS_OK;
  return problem_set(p, STATUS_REFUSED, "nothing was changed; run it again when you like",
                     "the import of %s was stopped", csv_name(i->reader));
}

static status read_rows(importer *i, const import_ops *ops, problem *p) {
  csv_row row;
  bool more = true;
  status s = STATUS_OK;
  while (!s) {
    s = csv_reader_next(i->reader, &row, &more, p);
    if (s || !more) break;
    i->report->rows++;
    s = row.fault ? leave_out_unread(i, &row, p) : ops->row(i, &row, p);
    if (!s && i->report->rows % PROGRESS_ROWS == 0) s = report_progress(i, p);
  }
  return s ? s : report_progress(i, p);
}

/* The report ----------------------------------------------------------------- */

void import_took(importer *i, size_t school, day on) {
  import_report *r = i->report;
  if (school < i->touched_room && !i->touched[school]) {
    i->touched[school] = true;
    r->schools++;
  }
  if (on == DAY_NONE) return;
  if (r->first == DAY_NONE || on < r->first) r->first = on;
  if (r->last == DAY_NONE || on > r->last) r->last = on;
}

static status keep_heading(char ***list, size_t *count, slice heading, problem *p) {
  char **more = mem_resize(*list, *count + 1, sizeof *more);
  if (!more) return problem_no_memory(p);
  *list = more;
  more[*count] = mem_copy_text(heading.at, heading.length);
  if (!more[*count]) return problem_no_memory(p);
  ++*count;
  return STATUS_OK;
}

/* What is known once all of the file has been examined. */
static void describe_bytes(importer *i) {
  import_report *r = i->report;
  (void)snprintf(r->encoding, sizeof r->encoding, "%s", csv_encoding(i->reader));
  memcpy(r->digest, csv_facts(i->reader)->digest, sizeof r->digest);
}

static status describe_file(importer *i, problem *p) {
  import_report *r = i->report;
  r->delimiter = csv_delimiter(i->reader);
  r->file = mem_copy_text(csv_name(i->reader), strlen(csv_name(i->reader)));
  status s = r->file ? STATUS_OK : problem_no_memory(p);
  size_t count;
  const slice *headings = csv_headings(i->reader, &count);
  for (size_t k = 0; k < count && !s; k++) {
    if (!csv_is_further(i->reader, k) || headings[k].length == 0) continue;
    s = r->kind == IMPORT_PUPILS ? keep_heading(&r->groups, &r->group_count, headings[k], p)
                                 : keep_heading(&r->ignored, &r->ignored_count, headings[k], p);
  }
  return s;
}

void import_report_free(import_report *r) {
  for (size_t i = 0; i < r->ignored_count; i++) mem_free(r->ignored[i]);
  for (size_t i = 0; i < r->group_count; i++) mem_free(r->groups[i]);
  mem_free(r->ignored);
  mem_free(r->groups);
  mem_free(r->pairs);
  mem_free(r->file);
  mem_free(r->left_out_path);
  *r = (import_report){0};
}

/* The command ---------------------------------------------------------------- */

/* Whether the file must say which school each row is of. */
static status open_reader(importer *i, const import_ops *ops, problem *p) {
  csv_column *columns = i->columns;
  size_t schools = people_school_count(i->people);
  if (i->options->kind != IMPORT_SCHOOLS && schools == 0)
    return problem_set(p, STATUS_REFUSED,
                       "put a school block into waymark.lua, or import schools first",
                       "the workspace has no school yet");
  memcpy(columns, ops->columns, ops->column_count * sizeof *columns);
  if (i->options->kind != IMPORT_SCHOOLS) columns[COLUMN_SCHOOL].required = schools > 1;
  return csv_reader_open(i->options->path, columns, ops->column_count, &i->reader, p);
}

static status begin_reading(importer *i, const import_ops *ops, problem *p) {
  const import_options *o = i->options;
  status s = people_new(i->store, &i->people, p);
  if (!s) s = open_reader(i, ops, p);
  if (!s) s = describe_file(i, p);
  if (s) return s;
  i->touched_room = people_school_count(i->people);
  i->touched = mem_new(i->touched_room, sizeof *i->touched);
  if (!i->touched) return problem_no_memory(p);
  s = left_out_new(o->dry_run ? NULL : o->left_out_dir, ops->name, o->at, i->reader, &i->left, p);
  return s || !ops->begin ? s : ops->begin(i, p);
}

static status check_seen(importer *i, problem *p) {
  statement *s =
      db_statement(i->db, "SELECT count(*) FROM import WHERE kind = ? AND digest = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_text(s, 1, slice_of(import_kind_name(i->options->kind)));
  db_bind_text(s, 2, slice_of(i->report->digest));
  bool row;
  status t = db_step(s, &row, p);
  if (!t && row) i->report->seen_before = db_column_int(s, 0) > 0;
  db_reset(s);
  return t;
}

static status record_import(importer *i, int64_t *out, problem *p) {
  const import_report *r = i->report;
  statement *s =
      db_statement(i->db,
                   "INSERT INTO import (at, kind, file, digest, by, rows, added,"
                   " unchanged, changed, left_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, i->options->at);
  db_bind_text(s, 2, slice_of(import_kind_name(r->kind)));
  db_bind_text(s, 3, slice_of(r->file));
  db_bind_text(s, 4, slice_of(r->digest));
  if (i->options->by) db_bind_text(s, 5, slice_of(i->options->by));
  const size_t counts[] = {r->rows, r->added, r->unchanged, r->changed, r->left_out};
  for (int k = 0; k < 5; k++) db_bind_int(s, 6 + k, (int64_t)counts[k]);
  status t = db_run(s, p);
  if (!t) *out = db_last_id(i->db);
  return t;
}

static status check_strict(const importer *i, problem *p) {
  size_t n = i->report->left_out;
  if (!i->options->strict || n == 0) return STATUS_OK;
  return problem_set(p, STATUS_REFUSED, "put them right, or import without --strict",
                     "nothing of %s was taken: %zu row%s could not be", i->report->file, n,
                     n == 1 ? "" : "s");
}

static status run_kind(importer *i, const import_ops *ops, problem *p) {
  int64_t import = 0;
  status s = begin_reading(i, ops, p);
  if (!s) s = read_rows(i, ops, p);
  if (!s) describe_bytes(i);
  if (!s) s = check_seen(i, p);
  if (!s && ops->finish) s = ops->finish(i, p);
  if (!s) s = check_strict(i, p);
  if (!s) s = record_import(i, &import, p);
  if (!s && ops->write) s = ops->write(i, import, p);
  if (!s) s = left_out_seal(i->left, p);
  const char *path = s ? NULL : left_out_path(i->left);
  if (path) {
    i->report->left_out_path = mem_copy_text(path, strlen(path));
    if (!i->report->left_out_path) s = problem_no_memory(p);
  }
  if (!s && !i->options->dry_run) i->report->import = import;
  return s;
}

static void close_importer(importer *i, const import_ops *ops) {
  if (i->own && ops->end) ops->end(i);
  left_out_free(i->left);
  csv_reader_close(i->reader);
  people_free(i->people);
  mem_free(i->touched);
}

/* Undo everything since the savepoint; a failure that ended the transaction has
 * done so already. */
static void undo(importer *i, bool own) {
  if (own)
    db_rollback(i->db);
  else if (db_in_transaction(i->db))
    (void)db_exec(i->db, "ROLLBACK TO import; RELEASE import", NULL);
}

static status run_in_transaction(importer *i, const import_ops *ops, problem *p) {
  bool own = !db_in_transaction(i->db);
  status s = own ? db_begin(i->db, p) : db_exec(i->db, "SAVEPOINT import", p);
  if (s) return s;
  s = run_kind(i, ops, p);
  if (s || i->options->dry_run) {
    undo(i, own);
  } else {
    s = own ? db_commit(i->db, p) : db_exec(i->db, "RELEASE import", p);
    if (s) undo(i, own);
  }
  if (s) {
    left_out_withdraw(i->left);
    mem_free(i->report->left_out_path);
    i->report->left_out_path = NULL;
    i->report->import = 0;
  }
  return s;
}

status import_run(store *s, const import_options *options, import_report *out, problem *p) {
  *out = (import_report){.kind = options->kind, .first = DAY_NONE, .last = DAY_NONE};
  out->codes = *store_codes(s);
  if (db_is_read_only(store_db(s)))
    return problem_set(p, STATUS_REFUSED, NULL, "the workspace is open for reading only");
  const import_ops *ops = kinds[options->kind];
  importer i = {.store = s, .db = store_db(s), .options = options, .report = out};
  status t = run_in_transaction(&i, ops, p);
  close_importer(&i, ops);
  return t;
}
