/* pupils: what is known of a stay and its pupil is read as one record, what will be known
 * is made of it, and the two say what has to be written. Of a stay that changes, what was
 * known before stays in the roll's texts until the import ends. */
#include "store/people/pupils.h"

#include <string.h>

bool upn_has_form(slice upn, bool *letter) {
  static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
  if (upn.length != 13) return false;
  size_t sum = 0;
  for (size_t i = 0; i < 13; i++) {
    const char *at = upn.at[i] ? strchr(letters, upn.at[i]) : NULL;
    bool digit = upn.at[i] >= '0' && upn.at[i] <= '9';
    if (i == 0 ? !at : !digit && (i != 12 || !at)) return false;
    if (i > 0) sum += (i + 1) * (digit ? (size_t)(upn.at[i] - '0') : (size_t)(at - letters));
  }
  *letter = letters[sum % 23] == upn.at[0];
  return true;
}

/* What is known ---------------------------------------------------------------- */

/* Of one pupil and one enrolment; texts are lent by the statement that read them. */
typedef struct known_pupil {
  slice person[PERSON_TEXTS];
  day dob;
  slice stay[STAY_TEXTS];
  day joined, left;
} known_pupil;

/* The columns of a pupil p, then of an enrolment e. */
static void read_known(statement *row, bool stay, known_pupil *out) {
  *out = (known_pupil){.joined = DAY_NONE, .left = DAY_NONE};
  for (int k = 0; k < PERSON_TEXTS; k++) out->person[k] = db_column_text(row, k);
  out->dob = db_column_day(row, PERSON_TEXTS);
  if (!stay) return;
  for (int k = 0; k < STAY_TEXTS; k++) out->stay[k] = db_column_text(row, PERSON_TEXTS + 1 + k);
  out->joined = db_column_day(row, PERSON_TEXTS + 1 + STAY_TEXTS);
  out->left = db_column_day(row, PERSON_TEXTS + 2 + STAY_TEXTS);
}

/* What will be known once the record is taken. */
static known_pupil merge(const known_pupil *known, const pupil_record *r) {
  known_pupil now = *known;
  for (int i = 0; i < PERSON_TEXTS; i++)
    if (r->person[i].length || i == PERSON_SURNAME || i == PERSON_FORENAME)
      now.person[i] = r->person[i];
  if (r->dob != DAY_NONE) now.dob = r->dob;
  for (int i = 0; i < STAY_TEXTS; i++)
    if (r->has[i]) now.stay[i] = r->stay[i];
  if (r->has_joined) now.joined = r->joined;
  if (r->has_left) now.left = r->left;
  return now;
}

static bool same_texts(const slice *a, const slice *b, size_t count) {
  size_t i = 0;
  while (i < count && slice_equal(a[i], b[i])) i++;
  return i == count;
}

static bool same_person(const known_pupil *a, const known_pupil *b) {
  return a->dob == b->dob && same_texts(a->person, b->person, PERSON_TEXTS);
}

static bool same_stay(const known_pupil *a, const known_pupil *b) {
  return a->joined == b->joined && a->left == b->left && same_texts(a->stay, b->stay, STAY_TEXTS);
}

/* All of it as bytes that are equal when it is. */
static void add_known(buffer *to, const known_pupil *k) {
  const day days[] = {k->dob, k->joined, k->left};
  buffer_add(to, days, sizeof days);
  for (int i = 0; i < PERSON_TEXTS + STAY_TEXTS; i++) {
    slice text = i < PERSON_TEXTS ? k->person[i] : k->stay[i - PERSON_TEXTS];
    buffer_add(to, &text.length, sizeof text.length);
    buffer_add(to, text.at, text.length);
  }
}

/* Set the entry's `change`, by what was known before this import and is now. */
static status note_change(roll *r, uint32_t entry, const known_pupil *old, const known_pupil *now,
                          problem *p) {
  roll_entry *e = &r->entries[entry];
  if (e->line == 0) e->change = PUT_UNCHANGED;
  if (e->change == PUT_ADDED) return STATUS_OK;
  bool same = same_person(old, now) && same_stay(old, now);
  if (same) return STATUS_OK;
  if (e->before_length == 0) {
    e->before_at = (uint32_t)r->texts.length;
    add_known(&r->texts, old);
    e->before_length = (uint32_t)(r->texts.length - e->before_at);
    e->change = PUT_CHANGED;
    return buffer_status(&r->texts, p);
  }
  buffer bytes = {0};
  add_known(&bytes, now);
  bool back =
      !bytes.failed &&
      slice_equal(buffer_slice(&bytes), (slice){r->texts.bytes + e->before_at, e->before_length});
  e->change = back ? PUT_UNCHANGED : PUT_CHANGED;
  status s = buffer_status(&bytes, p);
  buffer_free(&bytes);
  return s;
}

/* Writing ---------------------------------------------------------------------- */

/* Surname and forename are NOT NULL: an empty one is stored as such. `id` is 0 for a
 * pupil who is new, and then becomes the row's. */
static status write_person(db *d, int64_t *id, const known_pupil *k, problem *p) {
  statement *put = db_statement(
      d,
      "INSERT INTO pupil (id, upn, surname, forename, sex, dob) VALUES (?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET upn = excluded.upn, surname = excluded.surname,"
      " forename = excluded.forename, sex = excluded.sex, dob = excluded.dob",
      p);
  if (!put) return STATUS_FAULT;
  if (*id) db_bind_int(put, 1, *id);
  db_bind_text(put, 2, k->person[PERSON_UPN]);
  db_bind_name(put, 3, k->person[PERSON_SURNAME]);
  db_bind_name(put, 4, k->person[PERSON_FORENAME]);
  db_bind_text(put, 5, k->person[PERSON_SEX]);
  db_bind_day(put, 6, k->dob);
  status s = db_run(put, p);
  if (!s && *id == 0) *id = db_last_id(d);
  return s;
}

/* The entry's pupil and enrolment; an enrolment that is new gets its row. */
static status write_stay(db *d, int64_t school, roll_entry *e, const known_pupil *k, problem *p) {
  statement *put = db_statement(
      d,
      "INSERT INTO enrolment (id, pupil, school, year, form, admission_number, sen, fsm, groups,"
      " joined, left) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ifnull(?, '{}'), ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET joined = excluded.joined, left = excluded.left,"
      " year = excluded.year, form = excluded.form, admission_number = excluded.admission_number,"
      " sen = excluded.sen, fsm = excluded.fsm, groups = excluded.groups",
      p);
  if (!put) return STATUS_FAULT;
  if (e->enrolment) db_bind_int(put, 1, e->enrolment);
  db_bind_int(put, 2, e->pupil);
  db_bind_int(put, 3, school);
  for (int i = 0; i < STAY_TEXTS; i++) db_bind_text(put, 4 + i, k->stay[i]);
  db_bind_day(put, 4 + STAY_TEXTS, k->joined);
  db_bind_day(put, 5 + STAY_TEXTS, k->left);
  status s = db_run(put, p);
  if (!s && e->enrolment == 0) e->enrolment = db_last_id(d);
  return s;
}

static status update_stay(db *d, roll *r, uint32_t entry, const pupil_record *what, problem *p) {
  roll_entry e = r->entries[entry];
  known_pupil old;
  bool row;
  statement *find = db_statement(
      d,
      "SELECT p.upn, p.surname, p.forename, p.sex, p.dob, e.year, e.form, e.admission_number,"
      " e.sen, e.fsm, e.groups, e.joined, e.left"
      " FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.id = ?",
      p);
  if (!find) return STATUS_FAULT;
  db_bind_int(find, 1, e.enrolment);
  status s = db_step(find, &row, p);
  if (s) return s;
  if (!row) return problem_set(p, STATUS_CORRUPT, NULL, "an enrolment is missing");
  read_known(find, true, &old);
  known_pupil now = merge(&old, what);
  if (!same_person(&old, &now)) s = write_person(d, &e.pupil, &now, p);
  if (!s && !same_stay(&old, &now)) s = write_stay(d, r->school, &e, &now, p);
  if (!s) s = note_change(r, entry, &old, &now, p);
  if (!s) s = roll_rename(r, entry, now.person[PERSON_UPN], now.stay[STAY_NUMBER], p);
  db_reset(find);
  r->entries[entry].joined = s ? e.joined : now.joined;
  r->entries[entry].left = s ? e.left : now.left;
  return s;
}

/* A new stay; of a pupil who is known from another one (not 0) the facts are updated. */
static status add_stay(db *d, roll *r, int64_t pupil, const pupil_record *what, uint32_t *entry,
                       problem *p) {
  static const known_pupil nobody = {.dob = DAY_NONE, .joined = DAY_NONE, .left = DAY_NONE};
  known_pupil now = merge(&nobody, what);
  roll_entry e = {.pupil = pupil, .joined = now.joined, .left = now.left, .change = PUT_ADDED};
  status s;
  if (pupil) {
    statement *find =
        db_statement(d, "SELECT upn, surname, forename, sex, dob FROM pupil WHERE id = ?", p);
    if (!find) return STATUS_FAULT;
    db_bind_int(find, 1, pupil);
    bool row = false;
    s = db_step(find, &row, p);
    if (!s && row) {
      known_pupil old;
      read_known(find, false, &old);
      known_pupil both = merge(&old, what);
      if (!same_person(&old, &both)) s = write_person(d, &pupil, &both, p);
    }
    db_reset(find);
  } else {
    s = write_person(d, &e.pupil, &now, p);
  }
  if (!s) s = write_stay(d, r->school, &e, &now, p);
  if (!s) s = roll_add(r, &e, now.person[PERSON_UPN], now.stay[STAY_NUMBER], p);
  if (!s) *entry = (uint32_t)(r->count - 1);
  return s;
}

/* Which stay of the pupil the record is about, by rule 2. */
static uint32_t find_stay(const roll *r, uint32_t newest, const pupil_record *what) {
  uint32_t best = ROLL_NONE;
  for (uint32_t i = newest; i != ROLL_NONE; i = roll_next_upn(r, i)) {
    const roll_entry *e = &r->entries[i];
    if (what->joined != DAY_NONE && e->joined == what->joined) return i;
    bool after = e->left != DAY_NONE && what->joined != DAY_NONE && what->joined > e->left;
    bool before = e->joined != DAY_NONE && what->left != DAY_NONE && what->left < e->joined;
    if (best == ROLL_NONE && !after && !before) best = i;
  }
  return best;
}

status pupils_put(db *d, roll *r, const pupil_record *what, uint32_t *entry, problem *p) {
  int64_t pupil = 0;
  slice upn = what->person[PERSON_UPN];
  uint32_t known = roll_find_upn(r, upn);
  uint32_t numbered = roll_find_number(r, what->stay[STAY_NUMBER]);
  if (known == ROLL_NONE && upn.length) {
    statement *find = db_statement(d, "SELECT id FROM pupil WHERE upn = ?", p);
    if (!find) return STATUS_FAULT;
    db_bind_text(find, 1, upn);
    bool row;
    status s = db_step(find, &row, p);
    if (!s && row) pupil = db_column_int(find, 0);
    db_reset(find);
    if (s) return s;
  }
  if (known == ROLL_NONE && pupil == 0 && numbered != ROLL_NONE &&
      (upn.length == 0 || r->entries[numbered].upn_length == 0))
    known = numbered; /* the UPN came later */
  if (known != ROLL_NONE) pupil = r->entries[known].pupil;
  uint32_t stay = known == ROLL_NONE ? ROLL_NONE : find_stay(r, known, what);
  if (stay == ROLL_NONE) return add_stay(d, r, pupil, what, entry, p);
  *entry = stay;
  return update_stay(d, r, stay, what, p);
}
