/* row: the rows of an import as its kind meets them: the next one, leaving one out, the row of
 * `import` that theirs name; and the cells that several kinds have: the school, the pupil, a
 * date, a yes or no. The contract is in import.h, with the private part. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text_fold.h"
#include "store/import/import.h"

enum { PROGRESS_ROWS = 8192, CELL_MOST = 2000 /* bytes */, FIRST_YEAR = 1990, LAST_YEAR = 2099 };

static bool report_progress(importer *i) {
  const import_options *o = i->options;
  if (!o->progress || o->progress(o->context, csv_done(i->reader), csv_size(i->reader)))
    return true;
  return import_ok(
      i, problem_set(i->problem, STATUS_REFUSED, "nothing was changed; run it again when you like",
                     "the import of %s was stopped", csv_name(i->reader)));
}

bool import_leave_out(importer *i, enum left_reason reason, const char *format, ...) {
  char words[EXAMPLE_WORDS];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(words, sizeof words, format, args);
  va_end(args);
  words[text_utf8_prefix(slice_of(words))] = '\0'; /* not half a character */
  size_t count = 1;
  if (i->leave_out_parts && !i->row.fault)
    count = i->leave_out_parts(i, words);
  else
    (void)import_ok(i, left_out_add(i->left, &i->row, words, i->problem));
  i->report->left_out += count;
  examples_add(&i->report->reasons[reason], i->row.line, "%s", words);
  if (count > 1) i->report->reasons[reason].count += count - 1;
  buffer *texts = i->left_texts;
  for (size_t k = 0; texts && k < i->row.count; k++) {
    text_fold(texts, i->row.cells[k]);
    buffer_add_char(texts, '\n');
  }
  if (texts && i->row.count == 0) text_fold(texts, i->row.raw);
  if (texts) (void)import_ok(i, buffer_status(texts, i->problem));
  return false;
}

void import_name(importer *i, enum import_names why, size_t line, slice name, slice words) {
  name_list *list = &i->report->names[why];
  size_t most = i->options->names_most ? i->options->names_most : NAMES_USUAL;
  list->count++;
  if (list->shown == most) return;
  text_add_escaped(&list->texts, name);
  buffer_add_char(&list->texts, '\0');
  buffer_add(&list->texts, words.at, words.length);
  buffer_add_char(&list->texts, '\0');
  buffer_printf(&list->texts, "%zu", line);
  buffer_add_char(&list->texts, '\0');
  if (import_ok(i, buffer_status(&list->texts, i->problem))) list->shown++;
}

bool import_is_record(importer *i) {
  import_report *r = i->report;
  char shown[LEFT_SHOWN];
  if (!csv_is_record(i->reader, &i->row)) {
    r->rows--;
    examples_add(&r->passed_over, i->row.line, "%s", left_out_shown(i->row.raw, shown));
    return false;
  }
  for (size_t c = 0; c < i->kind->column_count && !i->row.fault; c++) {
    slice cell = csv_cell(i->reader, &i->row, c);
    if (csv_is_error(cell))
      return import_leave_out(i, LEFT_ERROR_CELL, "%s is an error of the spreadsheet: \"%s\"",
                              i->kind->columns[c].name, left_out_shown(cell, shown));
  }
  return true;
}

bool import_next_row(importer *i) {
  import_report *r = i->report;
  bool more = true;
  size_t headings;
  (void)csv_headings(i->reader, &headings);
  while (!i->failed) {
    if (!import_ok(i, csv_reader_next(i->reader, &i->row, &more, i->problem)) || !more) break;
    if (++r->rows % PROGRESS_ROWS == 0 && !report_progress(i)) break;
    if (!i->row.fault) return true;
    if (!import_is_record(i)) continue;
    enum left_reason reason = left_reason_of(i->row.fault);
    if (reason == LEFT_WRONG_COUNT)
      (void)import_leave_out(i, reason, "%zu columns where the heading line has %zu", i->row.count,
                             headings);
    else
      (void)import_leave_out(i, reason, "%s", left_reason_sentence(reason));
  }
  if (i->failed || more || !report_progress(i)) return false;
  /* all of the file has been examined */
  source_facts facts;
  if (!import_ok(i, csv_facts(i->reader, &facts, i->problem))) return false;
  (void)snprintf(r->encoding, sizeof r->encoding, "%s", facts.encoding);
  (void)snprintf(r->digest, sizeof r->digest, "%s", facts.digest);
  statement *find =
      db_statement(i->db,
                   "SELECT 1 FROM import WHERE kind = ? AND digest = ?"
                   " AND id NOT IN (SELECT undoes FROM import WHERE undoes IS NOT NULL)",
                   i->problem);
  if (!import_ok(i, find ? STATUS_OK : STATUS_FAULT)) return false;
  db_bind_text(find, 1, slice_of(i->kind->name));
  db_bind_text(find, 2, slice_of(r->digest));
  (void)import_ok(i, db_step(find, &r->seen_before, i->problem));
  db_reset(find);
  return false;
}

bool import_next(importer *i) {
  while (import_next_row(i))
    if (import_is_record(i)) return true;
  return false;
}

void import_note_row(importer *i, size_t school, day on) {
  import_report *r = i->report;
  if (school < i->roll_count && !i->touched[school]) {
    i->touched[school] = true;
    r->schools++;
  }
  if (on == DAY_NONE) return;
  if (r->first == DAY_NONE || on < r->first) r->first = on;
  if (r->last == DAY_NONE || on > r->last) r->last = on;
}

bool import_number(importer *i, int64_t *out) {
  return import_ok(
      i, db_number(i->db, "SELECT ifnull(max(id), 0) + 1 FROM import", 0, 0, out, i->problem));
}

bool import_record(importer *i) {
  const import_report *r = i->report;
  size_t n = r->left_out;
  if (i->failed || i->import) return !i->failed;
  if (i->options->strict && n)
    return import_ok(
        i, problem_set(i->problem, STATUS_REFUSED, "put them right, or import without --strict",
                       "nothing of %s was taken: %zu row%s could not be", r->file, n,
                       n == 1 ? "" : "s"));
  statement *put =
      db_statement(i->db,
                   "INSERT INTO import (at, kind, file, digest, by, rows, added, unchanged,"
                   " changed, left_out, last_event) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                   " (SELECT ifnull(max(id), 0) FROM event))",
                   i->problem);
  if (!put) return import_ok(i, STATUS_FAULT);
  db_bind_int(put, 1, i->options->at);
  db_bind_text(put, 2, slice_of(i->kind->name));
  db_bind_text(put, 3, slice_of(r->file));
  db_bind_text(put, 4, slice_of(r->digest));
  if (i->options->by) db_bind_text(put, 5, slice_of(i->options->by));
  const size_t counts[] = {r->rows, r->added, r->unchanged, r->changed, r->left_out};
  for (int k = 0; k < 5; k++) db_bind_int(put, 6 + k, (int64_t)counts[k]);
  if (!import_ok(i, db_run(put, i->problem))) return false;
  i->import = db_last_id(i->db);
  return true;
}

/* Cells ------------------------------------------------------------------------ */

bool import_fits(importer *i) {
  for (size_t k = 0; k < i->row.count; k++)
    if (i->row.cells[k].length > CELL_MOST)
      return import_leave_out(i, LEFT_OUT_OF_RANGE, "the cell in column %zu has over %d bytes",
                              k + 1, CELL_MOST);
  return true;
}

bool import_school(importer *i, size_t *school) {
  *school = 0; /* the one there is: the frame saw to it */
  slice cell = csv_cell(i->reader, &i->row, COLUMN_SCHOOL);
  const reading *said = i->options->reading;
  if (cell.length == 0 && said && said->school) cell = slice_of(said->school);
  if (cell.length && slice_equal(cell, i->last_school)) {
    *school = i->last_index;
    return true;
  }
  if (cell.length == 0 && i->schools->count == 1) return true;
  if (cell.length == 0) return import_leave_out(i, LEFT_NO_SCHOOL, "the school is missing");
  size_t at = schools_find(i->schools, cell);
  if (at == i->schools->count) {
    char shown[LEFT_SHOWN];
    const char *near = schools_nearest(i->schools, cell);
    return import_leave_out(i, LEFT_UNKNOWN_SCHOOL, "unknown school \"%s\"%s%s%s",
                            left_out_shown(cell, shown), near ? " (the nearest is \"" : "",
                            near ? near : "", near ? "\")" : "");
  }
  if (cell.length <= sizeof i->last_text) {
    memcpy(i->last_text, cell.at, cell.length);
    i->last_school = (slice){i->last_text, cell.length};
    i->last_index = at;
  }
  *school = at;
  return true;
}

bool import_roll(importer *i, size_t school, roll **out) {
  *out = &i->rolls[school];
  return (*out)->loaded ||
         import_ok(i, roll_load(i->db, i->schools->list[school].id, *out, i->problem));
}

bool import_upn(slice cell, char room[UPN_ROOM], slice *out) {
  bool small = false;
  *out = cell;
  for (size_t k = 0; k < cell.length && !small; k++) small = cell.at[k] >= 'a' && cell.at[k] <= 'z';
  if (cell.length > UPN_ROOM) return false;
  if (!small) return true;
  for (size_t k = 0; k < cell.length; k++) {
    char c = cell.at[k];
    room[k] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
  }
  *out = (slice){room, cell.length};
  return true;
}

bool import_pupil(importer *i, slice upn, slice number, row_pupil *out) {
  char room[UPN_ROOM], shown[LEFT_SHOWN];
  slice capitals;
  if (!import_school(i, &out->school) || !import_roll(i, out->school, &out->roll)) return false;
  out->entry = import_upn(upn, room, &capitals) && upn.length ? roll_find_upn(out->roll, capitals)
                                                              : roll_find_number(out->roll, number);
  if (out->entry != ROLL_NONE) return true;
  if (upn.length == 0 && number.length == 0)
    return import_leave_out(i, LEFT_NO_PUPIL, "neither a UPN nor an admission number");
  return import_leave_out(i, LEFT_UNKNOWN_PUPIL, "unknown pupil: no %s \"%s\" at %s",
                          upn.length ? "UPN" : "admission number",
                          left_out_shown(upn.length ? upn : number, shown),
                          i->schools->list[out->school].key);
}

bool import_date(importer *i, size_t column, day *out) {
  char shown[LEFT_SHOWN];
  *out = DAY_NONE;
  status s = csv_date(i->reader, &i->row, column, out, i->problem);
  if (s != STATUS_SYNTAX && s != STATUS_RANGE) return import_ok(i, s);
  slice cell = csv_cell(i->reader, &i->row, column);
  (void)left_out_shown(cell, shown);
  if (s == STATUS_RANGE)
    return import_leave_out(i, LEFT_NO_SUCH_DATE, "no such date: \"%s\"", shown);
  if (date_written(cell).form == DATE_SHORT_YEAR)
    return import_leave_out(i, LEFT_TWO_DIGIT_YEAR, "a year with two digits: \"%s\"", shown);
  return import_leave_out(i, LEFT_NOT_A_DATE, "not a date: \"%s\"", shown);
}

bool import_school_date(importer *i, size_t column, day *out) {
  char shown[LEFT_SHOWN];
  if (!import_date(i, column, out)) return false;
  if (*out == DAY_NONE || (*out >= date_of(FIRST_YEAR, 1, 1) && *out <= date_of(LAST_YEAR, 12, 31)))
    return true;
  return import_leave_out(i, LEFT_OUT_OF_RANGE, "not a day from %d to %d: \"%s\"", FIRST_YEAR,
                          LAST_YEAR, left_out_shown(csv_cell(i->reader, &i->row, column), shown));
}

bool import_flag(importer *i, slice cell, const char *name, int *out) {
  static const struct {
    const char *text;
    int value;
  } texts[] = {{"", -1},    {"1", 1},     {"0", 0}, {"yes", 1}, {"no", 0},
               {"true", 1}, {"false", 0}, {"y", 1}, {"n", 0}};
  char shown[LEFT_SHOWN];
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
    if (slice_is_nocase(cell, texts[k].text)) return *out = texts[k].value, true;
  return import_leave_out(i, LEFT_YES_OR_NO, "%s is neither yes (1) nor no (0): \"%s\"", name,
                          left_out_shown(cell, shown));
}
