/* import: the frame around every kind: the transaction, the reader and the report. How the
 * kinds come by their rows is in row.c; what a row says is the business of its kind. */
#include "store/import/import.h"

#include <stdio.h>
#include <string.h>

static const import_handler *const kinds[IMPORT_KINDS] = {
    [IMPORT_SCHOOLS] = &import_schools,   [IMPORT_REMOVED_SCHOOLS] = &import_removed_schools,
    [IMPORT_CALENDAR] = &import_calendar, [IMPORT_PUPILS] = &import_pupils,
    [IMPORT_CONTACTS] = &import_contacts, [IMPORT_MARKS] = &import_marks,
};

const char *import_kind_name(enum import_kind k) {
  return (unsigned)k < IMPORT_KINDS ? kinds[k]->name : "unknown";
}

bool import_kind_parse(slice name, enum import_kind *out) {
  for (unsigned k = 0; k < IMPORT_KINDS; k++)
    if (slice_is(name, kinds[k]->name)) return *out = (enum import_kind)k, true;
  return false;
}

const csv_column *import_columns(enum import_kind k, size_t *count) {
  *count = kinds[k]->column_count;
  return kinds[k]->columns;
}

static const struct {
  const char *name, *sentence;
} warnings[IMPORT_WARNINGS] = {
    [WARN_CALENDAR_WRONG] = {"calendar-wrong",
                             "the calendar is probably wrong: many marks fall on closed days"},
    [WARN_WRONG_HALF] = {"wrong-half", "the morning's mark in an afternoon, or the reverse; kept"},
    [WARN_OUTSIDE] = {"outside",
                      "a mark from outside the pupil's time at the school; kept, counted nowhere"},
    [WARN_UPN_LETTER] = {"upn-letter", "a UPN whose check letter is wrong; kept"},
    [WARN_UPN_FORM] = {"upn-form", "a UPN that is not made like one; kept"},
    [WARN_TWICE] = {"twice", "a pupil twice in this file; the later row was taken"},
    [WARN_NUMBER_SHARED] = {"number-shared", "an admission number that two pupils have; kept"},
    [WARN_NO_COLUMN] = {"no-column", "a column that matters is missing"},
    [WARN_WEEKEND] = {"weekend", "the calendar is open at a weekend; kept"},
    [WARN_NAME_DAMAGED] = {"name-damaged",
                           "a name that a program damaged; a good one that is known is kept, else "
                           "it was taken as it is"},
    [WARN_MAY_BE_ONE] = {"may-be-one", "a new pupil who may be one that is known; kept apart"},
    [WARN_MINUTES] = {"minutes",
                      "minutes late that are no number of minutes; the mark is kept without"},
    [WARN_DETAIL] = {"detail",
                     "a comment or a sub-code that is too long; the mark is kept without"},
};

const char *import_warning_name(enum import_warning w) {
  return (unsigned)w < IMPORT_WARNINGS ? warnings[w].name : "unknown";
}

const char *import_warning_sentence(enum import_warning w) {
  return (unsigned)w < IMPORT_WARNINGS ? warnings[w].sentence : "unknown";
}

static const struct {
  const char *name, *sentence;
} named_for[IMPORT_NAMES] = {
    [NAMES_IDENTITY] = {"identity", "another name, date of birth, UPN or admission number"},
    [NAMES_CHANGED] = {"changed", "other details changed"},
    [NAMES_NEW] = {"new", "new at the school"},
    [NAMES_NOT_IN_LIST] = {"not-in-list", "on roll, and not in this list"},
    [NAMES_KEPT] = {"kept", "blank in this file; what is known was kept"},
    [NAMES_MARKS] = {"marks", "marks that were known are others now"},
    [NAMES_UNPROTECTED] = {"unprotected", "no longer protected, as the file says"},
    [NAMES_MAY_BE_PROTECTED] = {"may-be-protected",
                                "a row that may be a protected contact; it is protected too"},
    [NAMES_CONTACT] = {"contact", "details of a contact changed"},
    [NAMES_CONTACT_GONE] = {"contact-gone", "a contact is no longer in the file"},
    [NAMES_CONTACT_KEPT] = {"contact-kept", "a contact was kept: a row of it was left out"},
};

const char *import_names_name(enum import_names n) {
  return (unsigned)n < IMPORT_NAMES ? named_for[n].name : "unknown";
}

const char *import_names_sentence(enum import_names n) {
  return (unsigned)n < IMPORT_NAMES ? named_for[n].sentence : "unknown";
}

/* The report ------------------------------------------------------------------- */

static status keep_heading(char ***list, size_t *count, slice heading, problem *p) {
  char **more = mem_resize(*list, *count + 1, sizeof *more);
  if (!more) return problem_no_memory(p);
  *list = more;
  more[*count] = mem_copy_text(heading.at, heading.length);
  if (!more[*count]) return problem_no_memory(p);
  ++*count;
  return STATUS_OK;
}

void import_report_free(import_report *r) {
  for (size_t i = 0; i < r->ignored_count; i++) mem_free(r->ignored[i]);
  for (size_t i = 0; i < r->group_count; i++) mem_free(r->groups[i]);
  for (int i = 0; i < IMPORT_NAMES; i++) buffer_free(&r->names[i].texts);
  mem_free(r->ignored);
  mem_free(r->groups);
  mem_free(r->pairs);
  mem_free(r->file);
  mem_free(r->left_out_path);
  *r = (import_report){0};
}

/* The command ------------------------------------------------------------------ */

/* A profile may name the columns of several kinds, but none that no kind has. */
static status check_aliases(const reading *r, problem *p) {
  for (size_t a = 0; r && a < r->alias_count; a++) {
    slice names[IMPORT_KINDS * CSV_WANTED];
    size_t count = 0;
    bool known = false;
    for (size_t k = 0; k < IMPORT_KINDS; k++)
      for (size_t c = 0; c < kinds[k]->column_count && !known; c++) {
        names[count++] = slice_of(kinds[k]->columns[c].name);
        known = slice_equal(names[count - 1], r->aliases[a].column);
      }
    if (known) continue;
    size_t near = text_nearest(r->aliases[a].column, names, count);
    return problem_set(p, STATUS_SYNTAX, NULL, "no file has a column \"%.*s\"%s%.*s%s",
                       (int)r->aliases[a].column.length, r->aliases[a].column.at,
                       near < count ? "; the nearest is \"" : "",
                       near < count ? (int)names[near].length : 0,
                       near < count ? names[near].at : "", near < count ? "\"" : "");
  }
  return STATUS_OK;
}

static status begin_reading(importer *i, problem *p) {
  const import_handler *kind = i->kind;
  const import_options *o = i->options;
  status s = schools_new(i->db, &i->schools, p);
  if (s) return s;
  if (o->kind != IMPORT_SCHOOLS && i->schools->count == 0)
    return problem_set(p, STATUS_REFUSED,
                       "put a school block into waymark.lua, or import schools first",
                       "the workspace has no school yet");
  memcpy(i->columns, kind->columns, kind->column_count * sizeof *i->columns);
  /* the file must say which school each row is of when there are several */
  if (i->schools->count > 1 && !(o->reading && o->reading->school))
    i->columns[COLUMN_SCHOOL].need = CSV_MUST;
  s = check_aliases(o->reading, p);
  if (!s) s = csv_reader_open(o->path, o->reading, i->columns, kind->column_count, &i->reader, p);
  if (!s && o->kind == IMPORT_PUPILS) s = csv_headings_once(i->reader, p); /* all are kept */
  if (s) return s;
  csv_set_today(i->reader, o->today != DAY_NONE ? o->today : (day)(o->at / 86400));
  import_report *r = i->report;
  r->delimiter = csv_source(i->reader)->delimiter;
  r->file = mem_copy_text(csv_name(i->reader), strlen(csv_name(i->reader)));
  if (!r->file) return problem_no_memory(p);
  size_t count;
  const slice *headings = csv_headings(i->reader, &count);
  for (size_t k = 0; k < count && !s; k++) {
    if (!csv_is_further(i->reader, k) || headings[k].length == 0) continue;
    s = r->kind == IMPORT_PUPILS ? keep_heading(&r->groups, &r->group_count, headings[k], p)
                                 : keep_heading(&r->ignored, &r->ignored_count, headings[k], p);
  }
  if (s) return s;
  i->touched = mem_new(i->schools->count, sizeof *i->touched);
  i->rolls = mem_new(i->schools->count, sizeof *i->rolls);
  if (!i->touched || !i->rolls) return problem_no_memory(p);
  i->roll_count = i->schools->count;
  return left_out_new(o->dry_run ? NULL : o->left_out_dir, kind->name, o->at, i->reader, &i->left,
                      p);
}

/* Name the children of whom this import changed marks that were known. */
static status name_amended(importer *i, int64_t before, problem *p) {
  bool row = false;
  statement *rows =
      db_statement(i->db,
                   "SELECT trim(p.forename || ' ' || p.surname), count(*) FROM amendment a"
                   " JOIN enrolment e ON e.id = a.enrolment JOIN pupil p ON p.id = e.pupil"
                   " WHERE a.id > ?1 AND a.import = ?2 AND a.was <> 0 GROUP BY e.pupil"
                   " ORDER BY p.surname, p.forename, p.id",
                   p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, before);
  db_bind_int(rows, 2, i->import);
  status s;
  while (!(s = db_step(rows, &row, p)) && row) {
    char words[32];
    long long n = db_column_int(rows, 1);
    (void)snprintf(words, sizeof words, "%lld mark%s", n, n == 1 ? "" : "s");
    import_name(i, NAMES_MARKS, 0, db_column_text(rows, 0), slice_of(words));
  }
  db_reset(rows);
  return s ? s : i->failed;
}

status import_run(store *w, const import_options *options, import_report *out, problem *p) {
  *out = (import_report){.kind = options->kind, .first = DAY_NONE, .last = DAY_NONE};
  out->codes = *store_codes(w);
  db *d = store_db(w);
  if (db_is_read_only(d))
    return problem_set(p, STATUS_REFUSED, NULL, "the workspace is open for reading only");
  importer i = {.kind = kinds[options->kind],
                .store = w,
                .db = d,
                .options = options,
                .report = out,
                .problem = p};
  bool whole = !db_in_transaction(d); /* the transaction is ours */
  status s = whole ? db_begin(d, false, p) : db_savepoint(d, p);
  if (s) return s;
  int64_t amended = 0;
  s = db_number(d, "SELECT max(id) FROM amendment", 0, 0, &amended, p);
  if (!s) s = begin_reading(&i, p);
  if (!s && options->kind != IMPORT_MARKS) s = import_log_begin(&i.log, d, p);
  if (!s) s = i.kind->run(&i);
  if (!s && out->kind == IMPORT_MARKS && out->changed) s = name_amended(&i, amended, p);
  if (!s && !import_record(&i)) s = i.failed;
  for (size_t k = 0; k < i.roll_count && !s && i.log.import; k++)
    if (i.touched[k]) s = import_log_school(&i.log, d, i.schools->list[k].id, p);
  if (!s && i.log.import) s = import_log_end(&i.log, d, p);
  if (!s) s = left_out_seal(i.left, p);
  const char *path = s ? NULL : left_out_path(i.left);
  if (path && !(out->left_out_path = mem_copy_text(path, strlen(path)))) s = problem_no_memory(p);
  bool keep = !s && !options->dry_run;
  if (keep) out->import = i.import;
  if (keep) s = whole ? db_commit(d, p) : db_release(d, p);
  if (!keep || s) (whole ? db_rollback : db_undo)(d);
  if (s) {
    left_out_withdraw(i.left);
    mem_free(out->left_out_path);
    out->left_out_path = NULL;
    out->import = 0;
  }
  left_out_free(i.left);
  csv_reader_close(i.reader);
  for (size_t k = 0; k < i.roll_count; k++) roll_free(&i.rolls[k]);
  mem_free(i.rolls);
  schools_free(i.schools);
  mem_free(i.touched);
  return s;
}
