/* examine: first the headings are looked for among the records as they come, then the file is read
 * under them. */
#include "store/import/examine.h"

#include <string.h>

#include "base/array.h"
#include "store/import/import.h"
#include "store/people/pupils.h"

enum { LOOKED_AT = 200 /* records, for the headings */ };

/* A record that may be the headings. */
typedef struct candidate {
  size_t line, cells, named, halves, dated;
} candidate;

/* Names of columns, folded. */
typedef struct known_names {
  slice *list; /* [count], into text */
  size_t count;
  buffer text;
} known_names;

static status fold_names(const reading *said, known_names *names, problem *p) {
  size_t most = said ? said->alias_count : 0, columns;
  for (unsigned k = 0; k < IMPORT_KINDS; k++) {
    (void)import_columns(k, &columns);
    most += columns;
  }
  names->list = mem_new(most, sizeof *names->list);
  if (!names->list) return problem_no_memory(p);
  for (unsigned k = 0; k <= IMPORT_KINDS; k++) {
    const csv_column *column = k < IMPORT_KINDS ? import_columns(k, &columns) : NULL;
    if (!column) columns = said ? said->alias_count : 0;
    for (size_t i = 0; i < columns; i++) {
      size_t from = names->text.length;
      csv_fold_heading(&names->text, column ? slice_of(column[i].name) : said->aliases[i].heading);
      names->list[names->count++].length = names->text.length - from;
    }
  }
  if (names->text.failed) return problem_no_memory(p);
  const char *at = names->text.bytes;
  for (size_t i = 0; i < names->count; at += names->list[i++].length) names->list[i].at = at;
  return STATUS_OK;
}

static candidate look_at(const csv_row *row, const known_names *names, buffer *folded) {
  candidate c = {.line = row->line, .cells = row->count};
  for (size_t i = 0; i < row->count; i++) {
    slice cell = row->cells[i];
    c.halves += csv_is_half(cell);
    c.dated += date_written(cell).form != DATE_NOT;
    buffer_clear(folded);
    csv_fold_heading(folded, cell);
    bool known = false;
    for (size_t k = 0; k < names->count && folded->length && !known; k++)
      known = slice_equal(names->list[k], buffer_slice(folded));
    c.named += known;
  }
  return c;
}

/* The line of the heading row, and whether there are two. */
static void choose(const candidate *all, size_t count, reading *r) {
  size_t best = 0, alike = 0, usual = 0;
  for (size_t i = 1; i < count; i++)
    if (all[i].named > all[best].named) best = i;
  if (all[best].named < 2) {
    for (size_t i = 0; i < count; i++) {
      size_t same = 0;
      for (size_t k = 0; k < count; k++) same += all[k].cells == all[i].cells;
      if (same > alike) alike = same, usual = all[i].cells;
    }
    for (best = 0; all[best].cells != usual;) best++;
  }
  bool above =
      best > 0 && all[best].halves >= 2 && all[best - 1].dated > 0 && all[best - 1].named == 0;
  if (above && !r->heading_rows) r->heading_rows = 2;
  r->heading = all[above ? best - 1 : best].line;
}

static status find_headings(const char *path, reading *r, problem *p) {
  candidate all[LOOKED_AT];
  size_t count = 0;
  known_names names = {0};
  buffer folded = {0};
  source *s = NULL;
  csv_row row = {0};
  bool more = true;
  status result = fold_names(r, &names, p);
  if (!result) result = source_open(path, r, &s, p);
  while (!result && count < LOOKED_AT) {
    result = s->form->next(s, &row, &more, p);
    if (result || !more) break;
    if (!row.fault) all[count++] = look_at(&row, &names, &folded);
  }
  if (s) s->form->close(s);
  if (!result && count) choose(all, count, r);
  if (!result && folded.failed) result = problem_no_memory(p);
  buffer_free(&folded);
  buffer_free(&names.text);
  mem_free(names.list);
  return result;
}

/* Facts ------------------------------------------------------------------------- */

static bool is_decimal(slice cell) {
  size_t digits = 0, points = 0;
  for (size_t i = 0; i < cell.length; i++) {
    char c = cell.at[i];
    digits += c >= '0' && c <= '9';
    points += c == '.';
    if ((c < '0' || c > '9') && c != '.' && !(c == '-' && i == 0)) return false;
  }
  return digits > 0 && points <= 1;
}

static void note_date(column_facts *f, slice cell, written_date w, size_t line, day today) {
  bool same = w.form == DATE_NUMBERS && w.first == w.second; /* in both orders */
  day days[2];
  bool is_day[2];
  for (int m = 0; m < 2; m++) is_day[m] = !date_of_written(&w, m == 1, &days[m]);
  if (!is_day[0] && !is_day[1] && w.form != DATE_SHORT_YEAR) return;
  f->dates[same ? DATE_ISO : w.form]++;
  orders_note(&f->orders, cell, &w, line, today);
  for (int m = 0; m < 2; m++) {
    if (!is_day[m]) continue;
    if (f->first[m] == DAY_NONE || days[m] < f->first[m]) f->first[m] = days[m];
    if (f->last[m] == DAY_NONE || days[m] > f->last[m]) f->last[m] = days[m];
  }
}

static status note_text(column_facts *f, slice cell, problem *p) {
  if (f->many) return STATUS_OK;
  for (size_t i = 0; i < f->text_count; i++)
    if (slice_equal(cell, (slice){f->texts[i].text, f->texts[i].length}))
      return f->texts[i].count++, STATUS_OK;
  f->many = f->text_count == EXAMINED_TEXTS || cell.length > EXAMINED_TEXT;
  if (f->many) {
    mem_free(f->texts);
    f->texts = NULL;
    f->text_count = 0;
    return STATUS_OK;
  }
  status s = array_grow(&f->texts, f->text_count, &f->text_room, sizeof *f->texts, p);
  if (s) return s;
  distinct_text *t = &f->texts[f->text_count++];
  t->count = 1;
  t->length = cell.length;
  memcpy(t->text, cell.at, cell.length);
  return STATUS_OK;
}

static status note_record(examination *e, const csv_row *row, problem *p) {
  status s = STATUS_OK;
  for (size_t i = 0; i < row->count && !s; i++) {
    column_facts *f = &e->columns[i];
    slice cell = row->cells[i];
    bool letter;
    if (!cell.length || slice_is(cell, "NULL")) {
      f->blank++;
      continue;
    }
    written_date w = date_written(cell);
    if (w.form != DATE_NOT) note_date(f, cell, w, row->line, e->today);
    f->numbers += is_decimal(cell);
    f->upn += upn_has_form(cell, &letter);
    s = note_text(f, cell, p);
  }
  if (!s && e->row_count < EXAMINED_ROWS) s = csv_keep_row(&e->rows[e->row_count], row, p);
  if (!s && e->row_count < EXAMINED_ROWS) e->row_count++;
  return s;
}

status examine(const char *path, const reading *said, day today, examination *out, problem *p) {
  examination *e = out;
  *e = (examination){.today = today};
  if (said) e->said = *said;
  status s = e->said.heading ? STATUS_OK : find_headings(path, &e->said, p);
  if (!s) s = csv_reader_open(path, &e->said, NULL, 0, &e->reader, p);
  if (s) return s;
  size_t count;
  (void)csv_headings(e->reader, &count);
  e->columns = mem_new(count, sizeof *e->columns);
  if (!e->columns) return problem_no_memory(p);
  for (size_t i = 0; i < count; i++)
    for (int m = 0; m < 2; m++) e->columns[i].first[m] = e->columns[i].last[m] = DAY_NONE;
  csv_row row = {0};
  bool more = true;
  while (!(s = csv_reader_next(e->reader, &row, &more, p)) && more) {
    if (!csv_is_record(e->reader, &row)) {
      e->footer++;
    } else if (row.fault) {
      e->faults++;
    } else {
      e->records++;
      s = note_record(e, &row, p);
      if (s) break;
    }
  }
  return s;
}

void examination_free(examination *e) {
  size_t count = 0;
  if (e->reader) (void)csv_headings(e->reader, &count);
  for (size_t i = 0; i < count && e->columns; i++) mem_free(e->columns[i].texts);
  for (size_t i = 0; i < EXAMINED_ROWS; i++) csv_free_row(&e->rows[i]);
  mem_free(e->columns);
  csv_reader_close(e->reader);
  *e = (examination){0};
}
