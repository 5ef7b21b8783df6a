/* contacts: the kind `contacts`: whom to tell. The contacts of a pupil at a school are
 * taken as a set, so all of a file's are held until its end: the families in the order
 * in which the file names them first, found by a table of buckets that is at most half
 * full, and the contacts of each as a chain. */
#include "store/people/contacts.h"

#include <string.h>

#include "base/array.h"
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
    [COLUMN_SCHOOL] = {"school", false},
    [COLUMN_UPN] = {"upn", true},
    [COLUMN_NUMBER] = {"admission_number", false},
    [COLUMN_TEXTS + CONTACT_TITLE] = {"title", false},
    [COLUMN_TEXTS + CONTACT_FORENAME] = {"forename", false},
    [COLUMN_TEXTS + CONTACT_SURNAME] = {"surname", true},
    [COLUMN_TEXTS + CONTACT_RELATIONSHIP] = {"relationship", false},
    [COLUMN_TEXTS + CONTACT_EMAIL] = {"email", false},
    [COLUMN_TEXTS + CONTACT_PHONE] = {"phone", false},
    [COLUMN_TEXTS + CONTACT_ADDRESS] = {"address", false},
    [COLUMN_TEXTS + CONTACT_LANGUAGE] = {"language", false},
    [COLUMN_TEXTS + CONTACT_NEEDS] = {"communication_needs", false},
    [COLUMN_FLAGS + CONTACT_PARENTAL_RESPONSIBILITY] = {"parental_responsibility", false},
    [COLUMN_FLAGS + CONTACT_LIVES_WITH] = {"lives_with", false},
    [COLUMN_FLAGS + CONTACT_NO_CONTACT] = {"no_contact", false},
    [COLUMN_FLAGS + CONTACT_CONFIDENTIAL_ADDRESS] = {"confidential_address", false},
    [COLUMN_FLAGS + CONTACT_PRIORITY] = {"priority", false},
    [COLUMN_DAYS + CONTACT_DOB] = {"dob", false},
    [COLUMN_DAYS + CONTACT_CHECKED_ON] = {"checked_on", false},
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
} family;

typedef struct contact_import {
  buffer texts;
  entry *entries; /* [entry_count] */
  size_t entry_count, entry_room;
  family *families; /* [family_count] */
  size_t family_count, family_room;
  size_t *by_pupil; /* [buckets]: family + 1; 0: none */
  size_t buckets;
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

static bool take_contact(importer *i, contact_import *c) {
  row_pupil who;
  entry e = {0};
  family *f = NULL;
  if (!import_fits(i)) return false;
  if (!import_pupil(i, cell(i, COLUMN_UPN), cell(i, COLUMN_NUMBER), &who)) return false;
  if (cell(i, COLUMN_TEXTS + CONTACT_SURNAME).length == 0 &&
      cell(i, COLUMN_TEXTS + CONTACT_FORENAME).length == 0)
    return import_leave_out(i, LEFT_EMPTY, "the contact has no name");
  for (size_t k = 0; k < CONTACT_PRIORITY; k++)
    if (!import_flag(i, cell(i, COLUMN_FLAGS + k), columns[COLUMN_FLAGS + k].name, &e.numbers[k]))
      return false;
  slice priority = cell(i, COLUMN_FLAGS + CONTACT_PRIORITY);
  char shown[LEFT_SHOWN];
  int64_t n = -1;
  if (priority.length && !text_number(priority, MOST_PRIORITY, &n))
    return import_leave_out(i, LEFT_NUMBER, "priority is not a number from 0 to %d: \"%s\"",
                            MOST_PRIORITY, left_out_shown(priority, shown));
  e.numbers[CONTACT_PRIORITY] = (int)n;
  for (size_t k = 0; k < CONTACT_DAYS; k++)
    if (!import_date(i, cell(i, COLUMN_DAYS + k), &e.days[k])) return false;
  if (!import_ok(i, find_family(c, &who, &f, i->problem))) return false;
  if (f->count == CONTACTS_MOST)
    return import_leave_out(i, LEFT_TOO_MANY, "more than %d contacts for one pupil", CONTACTS_MOST);
  for (size_t k = 0; k < CONTACT_TEXTS; k++) {
    slice text = cell(i, COLUMN_TEXTS + k);
    e.at[k] = c->texts.length;
    e.length[k] = text.length;
    buffer_add(&c->texts, text.at, text.length);
  }
  if (!import_ok(i, buffer_status(&c->texts, i->problem)) ||
      !import_ok(i, array_grow(&c->entries, c->entry_count, &c->entry_room, sizeof e, i->problem)))
    return false;
  size_t at = c->entry_count++;
  c->entries[at] = e;
  *(f->count++ ? &c->entries[f->last].next : &f->first) = at;
  f->last = at;
  import_note_row(i, who.school, DAY_NONE);
  return true;
}

static status run(importer *i) {
  contact_import c = {0};
  contact_counts counts = {0};
  contact_record records[CONTACTS_MOST];
  uint32_t has = 0;
  for (size_t k = 0; k < CONTACT_COLUMNS; k++)
    if (csv_has(i->reader, COLUMN_TEXTS + k)) has |= (uint32_t)1 << k;
  while (import_next(i)) (void)take_contact(i, &c);
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
    contact_set set = {i->schools->list[f->school].id, f->pupil, records, f->count, has};
    (void)import_ok(i, contacts_put(i->db, &set, &counts, i->problem));
  }
  i->report->added = counts.added;
  i->report->unchanged = counts.unchanged;
  i->report->changed = counts.changed;
  i->report->removed = counts.removed;
  buffer_free(&c.texts);
  mem_free(c.entries);
  mem_free(c.families);
  mem_free(c.by_pupil);
  return i->failed;
}

const import_handler import_contacts = {"contacts", columns, COLUMNS, run};
