/* import_contacts: who is to be told; see import.h. The contacts of a pupil at a
 * school are taken as a set, so all of a file's are held until its end. */
#include <string.h>

#include "store/import/import_inner.h"

enum { MOST_PRIORITY = 99 };

/* The columns of a contact stand together, in the order of people.h. */
enum {
  CONTACT_COLUMN_SCHOOL = COLUMN_SCHOOL,
  CONTACT_COLUMN_UPN,
  CONTACT_COLUMN_NUMBER,
  CONTACT_COLUMN_TEXTS,
  CONTACT_COLUMN_FLAGS = CONTACT_COLUMN_TEXTS + CONTACT_TEXTS,
  CONTACT_COLUMN_DAYS = CONTACT_COLUMN_FLAGS + CONTACT_NUMBERS,
  COLUMNS = CONTACT_COLUMN_DAYS + CONTACT_DAYS
};
static const csv_column columns[COLUMNS] = {
    [CONTACT_COLUMN_SCHOOL] = {"school", false},
    [CONTACT_COLUMN_UPN] = {"upn", true},
    [CONTACT_COLUMN_NUMBER] = {"admission_number", false},
    [CONTACT_COLUMN_TEXTS + CONTACT_TITLE] = {"title", false},
    [CONTACT_COLUMN_TEXTS + CONTACT_FORENAME] = {"forename", false},
    [CONTACT_COLUMN_TEXTS + CONTACT_SURNAME] = {"surname", true},
    [CONTACT_COLUMN_TEXTS + CONTACT_RELATIONSHIP] = {"relationship", false},
    [CONTACT_COLUMN_TEXTS + CONTACT_EMAIL] = {"email", false},
    [CONTACT_COLUMN_TEXTS + CONTACT_PHONE] = {"phone", false},
    [CONTACT_COLUMN_TEXTS + CONTACT_ADDRESS] = {"address", false},
    [CONTACT_COLUMN_TEXTS + CONTACT_LANGUAGE] = {"language", false},
    [CONTACT_COLUMN_TEXTS + CONTACT_NEEDS] = {"communication_needs", false},
    [CONTACT_COLUMN_FLAGS + CONTACT_PARENTAL_RESPONSIBILITY] = {"parental_responsibility", false},
    [CONTACT_COLUMN_FLAGS + CONTACT_LIVES_WITH] = {"lives_with", false},
    [CONTACT_COLUMN_FLAGS + CONTACT_NO_CONTACT] = {"no_contact", false},
    [CONTACT_COLUMN_FLAGS + CONTACT_CONFIDENTIAL_ADDRESS] = {"confidential_address", false},
    [CONTACT_COLUMN_FLAGS + CONTACT_PRIORITY] = {"priority", false},
    [CONTACT_COLUMN_DAYS + CONTACT_DOB] = {"dob", false},
    [CONTACT_COLUMN_DAYS + CONTACT_CHECKED_ON] = {"checked_on", false},
};

typedef struct held {
  size_t next;                                     /* of the same pupil, in the file's order */
  size_t at[CONTACT_TEXTS], length[CONTACT_TEXTS]; /* in `texts` */
  int numbers[CONTACT_NUMBERS];
  day days[CONTACT_DAYS];
} held;

typedef struct family {
  size_t school;
  int64_t pupil;
  size_t first, last, count; /* in `held` */
} family;

typedef struct contact_import {
  buffer texts;
  held *held; /* [held_count] */
  size_t held_count, held_room;
  family *families; /* [family_count], as they came */
  size_t family_count, family_room;
  size_t *by_pupil; /* [buckets]: family + 1; 0: none */
  size_t buckets;
} contact_import;

/* Families ------------------------------------------------------------------- */

static size_t *place_of(const contact_import *own, size_t school, int64_t pupil) {
  uint64_t h = ((uint64_t)pupil * 0x9E3779B97F4A7C15U) ^ (school * 0xD6E8FEB86659FD93U);
  size_t i = (size_t)(h >> 20) & (own->buckets - 1);
  while (own->by_pupil[i]) {
    const family *f = &own->families[own->by_pupil[i] - 1];
    if (f->pupil == pupil && f->school == school) break;
    i = (i + 1) & (own->buckets - 1);
  }
  return &own->by_pupil[i];
}

/* Keep the table at most half full. */
static status grow_families(contact_import *own, problem *p) {
  size_t room = own->family_room ? own->family_room * 2 : 128;
  family *families = mem_resize(own->families, room, sizeof *families);
  if (families) own->families = families;
  size_t *by_pupil = families ? mem_new(room * 2, sizeof *by_pupil) : NULL;
  if (!by_pupil) return problem_no_memory(p);
  mem_free(own->by_pupil);
  own->by_pupil = by_pupil;
  own->buckets = room * 2;
  own->family_room = room;
  for (size_t i = 0; i < own->family_count; i++)
    *place_of(own, families[i].school, families[i].pupil) = i + 1;
  return STATUS_OK;
}

static status family_of(contact_import *own, size_t school, int64_t pupil, family **out,
                        problem *p) {
  if (own->family_count == own->family_room) {
    status s = grow_families(own, p);
    if (s) return s;
  }
  size_t *place = place_of(own, school, pupil);
  if (*place == 0) {
    own->families[own->family_count] = (family){.school = school, .pupil = pupil};
    *place = ++own->family_count;
  }
  *out = &own->families[*place - 1];
  return STATUS_OK;
}

/* Rows ----------------------------------------------------------------------- */

static status begin_contacts(importer *i, problem *p) {
  i->own = mem_new(1, sizeof(contact_import));
  return i->own ? STATUS_OK : problem_no_memory(p);
}

static void end_contacts(importer *i) {
  contact_import *own = i->own;
  buffer_free(&own->texts);
  mem_free(own->held);
  mem_free(own->families);
  mem_free(own->by_pupil);
  mem_free(own);
}

static status read_priority(importer *i, const csv_row *row, int *out, bool *found, problem *p) {
  slice cell = csv_cell(i->reader, row, CONTACT_COLUMN_FLAGS + CONTACT_PRIORITY);
  char shown[LEFT_SHOWN];
  int64_t n = -1;
  *found = cell.length == 0 || text_number(cell, MOST_PRIORITY, &n);
  *out = (int)n;
  if (*found) return STATUS_OK;
  return import_leave_out(i, row, LEFT_NUMBER, p, "priority is not a number from 0 to %d: \"%s\"",
                          MOST_PRIORITY, left_out_shown(cell, shown));
}

static status read_numbers(importer *i, const csv_row *row, held *h, bool *found, problem *p) {
  *found = true;
  for (size_t k = 0; k < CONTACT_PRIORITY && *found; k++) {
    slice cell = csv_cell(i->reader, row, CONTACT_COLUMN_FLAGS + k);
    status s =
        import_flag(i, row, cell, columns[CONTACT_COLUMN_FLAGS + k].name, &h->numbers[k], found, p);
    if (s) return s;
  }
  return *found ? read_priority(i, row, &h->numbers[CONTACT_PRIORITY], found, p) : STATUS_OK;
}

static status read_days(importer *i, const csv_row *row, held *h, bool *found, problem *p) {
  status s = STATUS_OK;
  *found = true;
  for (size_t k = 0; k < CONTACT_DAYS && *found && !s; k++)
    s = import_date(i, row, csv_cell(i->reader, row, CONTACT_COLUMN_DAYS + k), &h->days[k], found,
                    p);
  return s;
}

static status hold(contact_import *own, family *f, const held *h, problem *p) {
  if (own->texts.failed) return problem_no_memory(p);
  if (own->held_count == own->held_room) {
    size_t room = own->held_room ? own->held_room * 2 : 256;
    held *more = mem_resize(own->held, room, sizeof *more);
    if (!more) return problem_no_memory(p);
    own->held = more;
    own->held_room = room;
  }
  size_t at = own->held_count++;
  own->held[at] = *h;
  if (f->count)
    own->held[f->last].next = at;
  else
    f->first = at;
  f->last = at;
  f->count++;
  return STATUS_OK;
}

static bool has_name(importer *i, const csv_row *row) {
  return csv_cell(i->reader, row, CONTACT_COLUMN_TEXTS + CONTACT_SURNAME).length ||
         csv_cell(i->reader, row, CONTACT_COLUMN_TEXTS + CONTACT_FORENAME).length;
}

static status take_contact(importer *i, const csv_row *row, size_t school, int64_t pupil,
                           problem *p) {
  contact_import *own = i->own;
  held h = {0};
  family *f;
  bool found;
  if (!has_name(i, row)) return import_leave_out(i, row, LEFT_EMPTY, p, "the contact has no name");
  status s = read_numbers(i, row, &h, &found, p);
  if (!s && found) s = read_days(i, row, &h, &found, p);
  if (s || !found) return s;
  s = family_of(own, school, pupil, &f, p);
  if (s) return s;
  if (f->count == CONTACTS_MOST)
    return import_leave_out(i, row, LEFT_TOO_MANY, p, "more than %d contacts for one pupil",
                            CONTACTS_MOST);
  for (size_t k = 0; k < CONTACT_TEXTS; k++) {
    slice cell = csv_cell(i->reader, row, CONTACT_COLUMN_TEXTS + k);
    h.at[k] = own->texts.length;
    h.length[k] = cell.length;
    buffer_add(&own->texts, cell.at, cell.length);
  }
  import_took(i, school, DAY_NONE);
  return hold(own, f, &h, p);
}

static status contact_row(importer *i, const csv_row *row, problem *p) {
  size_t school;
  bool found;
  roll *r;
  uint32_t entry;
  status s = import_school(i, row, &school, &found, p);
  if (s || !found) return s;
  s = import_pupil(i, row, school, csv_cell(i->reader, row, CONTACT_COLUMN_UPN),
                   csv_cell(i->reader, row, CONTACT_COLUMN_NUMBER), &r, &entry, &found, p);
  if (s || !found) return s;
  return take_contact(i, row, school, r->entries[entry].pupil, p);
}

/* The end -------------------------------------------------------------------- */

/* A bit for each column of a contact that the file has. */
static uint32_t columns_there(const importer *i) {
  uint32_t has = 0;
  for (size_t k = 0; k < CONTACT_COLUMNS; k++)
    if (csv_has(i->reader, CONTACT_COLUMN_TEXTS + k)) has |= (uint32_t)1 << k;
  return has;
}

static status put_family(importer *i, const family *f, uint32_t has, contact_counts *counts,
                         problem *p) {
  const contact_import *own = i->own;
  contact_record records[CONTACTS_MOST];
  for (size_t n = 0, at = f->first; n < f->count; n++, at = own->held[at].next) {
    const held *h = &own->held[at];
    for (size_t k = 0; k < CONTACT_TEXTS; k++)
      records[n].texts[k] = (slice){own->texts.bytes + h->at[k], h->length[k]};
    memcpy(records[n].numbers, h->numbers, sizeof h->numbers);
    memcpy(records[n].days, h->days, sizeof h->days);
  }
  return people_put_contacts(i->people, f->school, f->pupil, records, f->count, has, counts, p);
}

static status finish_contacts(importer *i, problem *p) {
  const contact_import *own = i->own;
  contact_counts counts = {0};
  uint32_t has = columns_there(i);
  status s = STATUS_OK;
  for (size_t k = 0; k < own->family_count && !s; k++)
    if (own->families[k].count) s = put_family(i, &own->families[k], has, &counts, p);
  i->report->added = counts.added;
  i->report->unchanged = counts.unchanged;
  i->report->changed = counts.changed;
  i->report->removed = counts.removed;
  return s;
}

const import_ops import_contacts = {
    .name = "contacts",
    .columns = columns,
    .column_count = COLUMNS,
    .begin = begin_contacts,
    .row = contact_row,
    .finish = finish_contacts,
    .end = end_contacts,
};
