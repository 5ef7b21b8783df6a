/* contacts: the kind `contacts`: whom to tell. The contacts of a pupil at a school are
 * taken as a set, so all of a file's are held until its end: the families in the order
 * in which the file names them first, found by a table of buckets that is at most half
 * full, and the contacts of each as a chain. */
#include "store/people/contacts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text_fold.h"
#include "store/import/import.h"

enum { MOST_PRIORITY = 99 };

/* The columns of a contact stand together, in the order of people/contacts.h. */
enum {
  COLUMN_UPN = COLUMN_SCHOOL + 1,
  COLUMN_NUMBER,
  COLUMN_TEXTS,
  COLUMN_FLAGS = COLUMN_TEXTS + CONTACT_TEXTS,
  COLUMN_DAYS = COLUMN_FLAGS + CONTACT_NUMBERS,
  COLUMNS = COLUMN_DAYS + CONTACT_DAYS
};
static const csv_column columns[COLUMNS] = {
    [COLUMN_SCHOOL] = {"school", CSV_MAY},
    [COLUMN_UPN] = {"upn", CSV_EITHER},
    [COLUMN_NUMBER] = {"admission_number", CSV_EITHER},
    [COLUMN_TEXTS + CONTACT_TITLE] = {"title", CSV_MAY},
    [COLUMN_TEXTS + CONTACT_FORENAME] = {"forename", CSV_MAY},
    [COLUMN_TEXTS + CONTACT_SURNAME] = {"surname", CSV_MUST},
    [COLUMN_TEXTS + CONTACT_RELATIONSHIP] = {"relationship", CSV_MAY},
    [COLUMN_TEXTS + CONTACT_EMAIL] = {"email", CSV_MAY},
    [COLUMN_TEXTS + CONTACT_PHONE] = {"phone", CSV_MAY},
    [COLUMN_TEXTS + CONTACT_ADDRESS] = {"address", CSV_MAY},
    [COLUMN_TEXTS + CONTACT_LANGUAGE] = {"language", CSV_MAY},
    [COLUMN_TEXTS + CONTACT_NEEDS] = {"communication_needs", CSV_MAY},
    [COLUMN_FLAGS + CONTACT_PARENTAL_RESPONSIBILITY] = {"parental_responsibility", CSV_MAY},
    [COLUMN_FLAGS + CONTACT_LIVES_WITH] = {"lives_with", CSV_MAY},
    [COLUMN_FLAGS + CONTACT_NO_CONTACT] = {"no_contact", CSV_MAY},
    [COLUMN_FLAGS + CONTACT_CONFIDENTIAL_ADDRESS] = {"confidential_address", CSV_MAY},
    [COLUMN_FLAGS + CONTACT_PRIORITY] = {"priority", CSV_MAY},
    [COLUMN_DAYS + CONTACT_DOB] = {"dob", CSV_MAY},
    [COLUMN_DAYS + CONTACT_CHECKED_ON] = {"checked_on", CSV_MAY},
};

/* A contact as the file has it: its texts are places in those of the import. */
typedef struct entry {
  size_t next; /* of the same family, in the file's order */
  size_t at[CONTACT_TEXTS], length[CONTACT_TEXTS];
  int numbers[CONTACT_NUMBERS];
  day days[CONTACT_DAYS];
} entry;

typedef struct family {
  size_t school;
  int64_t pupil;
  size_t first, last, count; /* among the entries */
  bool partial;              /* a row was left out */
} family;

typedef struct contact_import {
  buffer texts, left_texts, name;
  entry *entries; /* [entry_count] */
  size_t entry_count, entry_room;
  family *families; /* [family_count] */
  size_t family_count, family_room;
  size_t *by_pupil; /* [buckets]: family + 1; 0: none */
  size_t buckets;
  slice *left_words; /* [left_count]: of left_texts, once all rows are read, ascending */
  size_t left_count, left_room;
} contact_import;

/* Families --------------------------------------------------------------------- */

static size_t *bucket_of(const contact_import *c, size_t school, int64_t pupil) {
  uint64_t h = ((uint64_t)pupil * 0x9E3779B97F4A7C15U) ^ (school * 0xD6E8FEB86659FD93U);
  size_t i = (size_t)(h >> 20) & (c->buckets - 1);
  while (c->by_pupil[i]) {
    const family *f = &c->families[c->by_pupil[i] - 1];
    if (f->pupil == pupil && f->school == school) break;
    i = (i + 1) & (c->buckets - 1);
  }
  return &c->by_pupil[i];
}

/* The family of a pupil, made when it is not there. */
static status find_family(contact_import *c, const row_pupil *who, family **out, problem *p) {
  int64_t pupil = who->roll->entries[who->entry].pupil;
  status s = array_grow(&c->families, c->family_count, &c->family_room, sizeof(family), p);
  if (s) return s;
  if (c->buckets < 2 * c->family_room) {
    size_t *by_pupil = mem_new(2 * c->family_room, sizeof *by_pupil);
    if (!by_pupil) return problem_no_memory(p);
    mem_free(c->by_pupil);
    c->by_pupil = by_pupil;
    c->buckets = 2 * c->family_room;
    for (size_t i = 0; i < c->family_count; i++)
      *bucket_of(c, c->families[i].school, c->families[i].pupil) = i + 1;
  }
  size_t *bucket = bucket_of(c, who->school, pupil);
  if (*bucket == 0) {
    c->families[c->family_count] = (family){.school = who->school, .pupil = pupil};
    *bucket = ++c->family_count;
  }
  *out = &c->families[*bucket - 1];
  return STATUS_OK;
}

/* Rows ------------------------------------------------------------------------- */

static slice cell(const importer *i, size_t column) { return csv_cell(i->reader, &i->row, column); }

static slice text_of(const contact_import *c, const entry *e, enum contact_text k) {
  return (slice){c->texts.bytes + e->at[k], e->length[k]};
}

/* Whether two cells have the same telephone numbers, or none. */
static bool same_numbers(slice a, slice b) {
  size_t count, other;
  return contact_shared_numbers(a, b, &count) == count &&
         contact_shared_numbers(b, a, &other) == other && count == other;
}

/* Whether two rows of a pupil are one contact with several numbers: the same names and
 * relationship, and the same address or email, where they have one. Of two without a forename the
 * surname is that of a whole family: there a title or a relationship, or the number, says it. */
static bool is_one(const contact_import *c, const entry *a, const entry *b) {
  static const enum contact_text always[] = {CONTACT_FORENAME, CONTACT_SURNAME,
                                             CONTACT_RELATIONSHIP};
  bool same = false, other = false;
  for (size_t k = 0; k < sizeof always / sizeof *always; k++)
    if (!text_fold_equal(text_of(c, a, always[k]), text_of(c, b, always[k]))) return false;
  if (a->length[CONTACT_TITLE] && b->length[CONTACT_TITLE] &&
      !text_fold_equal(text_of(c, a, CONTACT_TITLE), text_of(c, b, CONTACT_TITLE)))
    return false;
  if (a->days[CONTACT_DOB] != DAY_NONE && b->days[CONTACT_DOB] != DAY_NONE &&
      a->days[CONTACT_DOB] != b->days[CONTACT_DOB])
    return false;
  if (a->length[CONTACT_FORENAME] == 0 && a->length[CONTACT_RELATIONSHIP] == 0 &&
      (a->length[CONTACT_TITLE] == 0 || b->length[CONTACT_TITLE] == 0) &&
      !same_numbers(text_of(c, a, CONTACT_PHONE), text_of(c, b, CONTACT_PHONE)))
    return false;
  for (int k = CONTACT_EMAIL; k <= CONTACT_ADDRESS; k++) {
    if (k == CONTACT_PHONE || a->length[k] == 0 || b->length[k] == 0) continue;
    bool equal = text_fold_equal(text_of(c, a, k), text_of(c, b, k));
    same = same || equal;
    other = other || !equal;
  }
  return same || !other;
}

/* Add what a further row of a contact says: its number behind the others, and what the rows before
 * had left blank; what protects somebody is said once. */
static status merge(contact_import *c, entry *to, const entry *more, problem *p) {
  for (int k = 0; k < CONTACT_TEXTS; k++)
    if (to->length[k] == 0) to->at[k] = more->at[k], to->length[k] = more->length[k];
  for (int k = 0; k < CONTACT_NUMBERS; k++) {
    bool protects = k == CONTACT_NO_CONTACT || k == CONTACT_CONFIDENTIAL_ADDRESS;
    if (to->numbers[k] < 0 || (protects && more->numbers[k] > 0)) to->numbers[k] = more->numbers[k];
  }
  for (int k = 0; k < CONTACT_DAYS; k++)
    if (to->days[k] == DAY_NONE) to->days[k] = more->days[k];
  slice number = text_of(c, more, CONTACT_PHONE);
  size_t count;
  if (contact_shared_numbers(number, text_of(c, to, CONTACT_PHONE), &count) == count)
    return STATUS_OK;
  size_t length = to->length[CONTACT_PHONE], at = c->texts.length;
  if (!buffer_room(&c->texts, length + 2 + number.length)) return buffer_status(&c->texts, p);
  buffer_add(&c->texts, c->texts.bytes + to->at[CONTACT_PHONE], length); /* none of it moves */
  buffer_add(&c->texts, "; ", 2);
  buffer_add(&c->texts, c->texts.bytes + more->at[CONTACT_PHONE], number.length);
  to->at[CONTACT_PHONE] = at;
  to->length[CONTACT_PHONE] = c->texts.length - at;
  return STATUS_OK;
}

/* The cells of a contact that are not texts. */
static bool read_values(importer *i, entry *e) {
  if (cell(i, COLUMN_TEXTS + CONTACT_SURNAME).length == 0 &&
      cell(i, COLUMN_TEXTS + CONTACT_FORENAME).length == 0)
    return import_leave_out(i, LEFT_EMPTY, "the contact has no name");
  for (size_t k = 0; k < CONTACT_PRIORITY; k++)
    if (!import_flag(i, cell(i, COLUMN_FLAGS + k), columns[COLUMN_FLAGS + k].name, &e->numbers[k]))
      return false;
  slice priority = cell(i, COLUMN_FLAGS + CONTACT_PRIORITY);
  char shown[LEFT_SHOWN];
  int64_t n = -1;
  if (priority.length && !text_number(priority, MOST_PRIORITY, &n))
    return import_leave_out(i, LEFT_NUMBER, "priority is not a number from 0 to %d: \"%s\"",
                            MOST_PRIORITY, left_out_shown(priority, shown));
  e->numbers[CONTACT_PRIORITY] = (int)n;
  for (size_t k = 0; k < CONTACT_DAYS; k++)
    if (!import_date(i, COLUMN_DAYS + k, &e->days[k])) return false;
  return true;
}

static bool take_contact(importer *i, contact_import *c) {
  row_pupil who;
  entry e = {0};
  family *f = NULL;
  if (!import_fits(i)) return false;
  if (!import_pupil(i, cell(i, COLUMN_UPN), cell(i, COLUMN_NUMBER), &who)) return false;
  if (!import_ok(i, find_family(c, &who, &f, i->problem))) return false;
  assert(f);
  if (!read_values(i, &e)) {
    f->partial = true;
    return false;
  }
  for (size_t k = 0; k < CONTACT_TEXTS; k++) {
    slice text = cell(i, COLUMN_TEXTS + k);
    e.at[k] = c->texts.length;
    e.length[k] = text.length;
    buffer_add(&c->texts, text.at, text.length);
  }
  if (!import_ok(i, buffer_status(&c->texts, i->problem))) return false;
  import_note_row(i, who.school, DAY_NONE);
  for (size_t k = 0, at = f->first; k < f->count; k++, at = c->entries[at].next) {
    if (!is_one(c, &c->entries[at], &e)) continue;
    i->report->merged++;
    return import_ok(i, merge(c, &c->entries[at], &e, i->problem));
  }
  if (f->count == CONTACTS_MOST) {
    f->partial = true;
    return import_leave_out(i, LEFT_TOO_MANY, "more than %d contacts for one pupil", CONTACTS_MOST);
  }
  if (!import_ok(i, array_grow(&c->entries, c->entry_count, &c->entry_room, sizeof e, i->problem)))
    return false;
  size_t at = c->entry_count++;
  c->entries[at] = e;
  *(f->count++ ? &c->entries[f->last].next : &f->first) = at;
  f->last = at;
  return true;
}

/* Naming ----------------------------------------------------------------------- */

typedef struct naming {
  importer *importer;
  int64_t pupil;
  buffer *name; /* of the pupil, once it was asked for */
} naming;

static void note(void *context, enum contact_note what, slice words) {
  static const enum import_names why[] = {
      [CONTACT_CHANGED] = NAMES_CONTACT,         [CONTACT_UNPROTECTED] = NAMES_UNPROTECTED,
      [CONTACT_MAY_BE] = NAMES_MAY_BE_PROTECTED, [CONTACT_PROTECTED] = NAMES_KEPT,
      [CONTACT_GONE] = NAMES_CONTACT_GONE,       [CONTACT_KEPT] = NAMES_CONTACT_KEPT};
  naming *n = context;
  importer *i = n->importer;
  if (what == CONTACT_DAMAGED) {
    import_warn(i, WARN_NAME_DAMAGED, 0, "%.*s", (int)words.length, words.at);
    return;
  }
  bool row = false;
  statement *find =
      n->name->length
          ? NULL
          : db_statement(i->db, "SELECT trim(forename || ' ' || surname) FROM pupil WHERE id = ?",
                         i->problem);
  if (!n->name->length && !import_ok(i, find ? STATUS_OK : STATUS_FAULT)) return;
  if (find) {
    db_bind_int(find, 1, n->pupil);
    if (import_ok(i, db_step(find, &row, i->problem)) && row) {
      slice name = db_column_text(find, 0);
      buffer_add(n->name, name.at, name.length);
    }
    db_reset(find);
  }
  import_name(i, why[what], 0, buffer_slice(n->name), words);
}

static int by_word(const void *a, const void *b) {
  return slice_compare(*(const slice *)a, *(const slice *)b);
}

/* The words of the rows that were left out. */
static status read_left_words(contact_import *c, problem *p) {
  slice rest = buffer_slice(&c->left_texts), word;
  while (contact_next_word(&rest, &word)) {
    status s = array_grow(&c->left_words, c->left_count, &c->left_room, sizeof word, p);
    if (s) return s;
    c->left_words[c->left_count++] = word;
  }
  if (c->left_count) qsort(c->left_words, c->left_count, sizeof word, by_word);
  return STATUS_OK;
}

static status run(importer *i) {
  static const struct {
    size_t column;
    const char *consequence;
  } wanted[] = {
      {COLUMN_TEXTS + CONTACT_FORENAME, "parents of one surname cannot be told apart"},
      {COLUMN_FLAGS + CONTACT_PARENTAL_RESPONSIBILITY,
       "who is new has no letters: it is not known who is a parent"},
      {COLUMN_FLAGS + CONTACT_NO_CONTACT,
       "nobody who is new is known as one who may not be contacted"},
  };
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++)
    if (!csv_has(i->reader, wanted[k].column))
      import_warn(i, WARN_NO_COLUMN, 0, "no column \"%s\": %s", columns[wanted[k].column].name,
                  wanted[k].consequence);
  contact_import c = {0};
  contact_counts counts = {0};
  contact_record records[CONTACTS_MOST];
  uint32_t has = 0;
  for (size_t k = 0; k < CONTACT_COLUMNS; k++)
    if (csv_has(i->reader, COLUMN_TEXTS + k)) has |= (uint32_t)1 << k;
  i->left_texts = &c.left_texts;
  while (import_next(i)) (void)take_contact(i, &c);
  i->left_texts = NULL;
  (void)import_ok(i, read_left_words(&c, i->problem));
  for (size_t n = 0; n < c.family_count && !i->failed; n++) {
    const family *f = &c.families[n];
    if (f->count == 0) continue;
    for (size_t k = 0, at = f->first; k < f->count; k++, at = c.entries[at].next) {
      const entry *e = &c.entries[at];
      for (size_t x = 0; x < CONTACT_TEXTS; x++)
        records[k].texts[x] = (slice){c.texts.bytes + e->at[x], e->length[x]};
      memcpy(records[k].numbers, e->numbers, sizeof e->numbers);
      memcpy(records[k].days, e->days, sizeof e->days);
    }
    naming names = {i, f->pupil, &c.name};
    contact_set set = {.school = i->schools->list[f->school].id,
                       .pupil = f->pupil,
                       .records = records,
                       .count = f->count,
                       .has = has,
                       .partial = f->partial,
                       .left_out = c.left_words,
                       .left_out_count = c.left_count,
                       .note = note,
                       .context = &names};
    buffer_clear(&c.name);
    (void)import_ok(i, contacts_put(i->db, &set, &counts, i->problem));
  }
  i->report->added = counts.added;
  i->report->unchanged = counts.unchanged;
  i->report->changed = counts.changed;
  i->report->removed = counts.removed;
  buffer_free(&c.texts);
  buffer_free(&c.left_texts);
  buffer_free(&c.name);
  mem_free(c.entries);
  mem_free(c.families);
  mem_free(c.by_pupil);
  mem_free(c.left_words);
  return i->failed;
}

const import_handler import_contacts = {"contacts", columns, COLUMNS, run};
