/* pupils: what is known of a stay and its pupil is read as one record, what will be known
 * is made of it, and the two say what has to be written. Of a stay that changes, what was
 * known before stays in the roll's texts until the import ends. */
#include "store/people/pupils.h"

#include <string.h>

#include "store/people/names.h"

enum { UPN_MOST = 64 };

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

/* How good a UPN is: of two of one child the better one stays. One that ends with a letter was
 * given for a time. */
static int upn_worth(slice upn) {
  bool letter = false;
  if (!upn.at || !upn_has_form(upn, &letter)) return 0;
  if (!letter) return 1;
  char last = upn.at[upn.length - 1];
  return last >= '0' && last <= '9' ? 3 : 2;
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
static known_pupil merge(const known_pupil *known, const pupil_record *r, pupil_outcome *out) {
  known_pupil now = *known;
  for (int i = 0; i < PERSON_TEXTS; i++) {
    slice was = known->person[i], is = r->person[i];
    bool name = i == PERSON_SURNAME || i == PERSON_FORENAME;
    bool damaged = name && was.length && name_is_damaged(is) && !name_is_damaged(was);
    if (!damaged && (is.length || name)) now.person[i] = is;
  }
  out->kept_sex = r->person[PERSON_SEX].length == 0 && known->person[PERSON_SEX].length > 0;
  out->kept_dob = r->dob == DAY_NONE && known->dob != DAY_NONE;
  if (r->dob != DAY_NONE) now.dob = r->dob;
  for (int i = 0; i < STAY_TEXTS; i++)
    if (r->has[i]) now.stay[i] = r->stay[i];
  slice number = known->stay[STAY_NUMBER]; /* its zeros may have been eaten */
  if (r->has[STAY_NUMBER] && number.length > r->stay[STAY_NUMBER].length &&
      slice_equal(number_bare(number), r->stay[STAY_NUMBER]))
    now.stay[STAY_NUMBER] = number;
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

/* What changed, in words. */

static void add_change(buffer *to, const char *what, slice was, slice now) {
  if (slice_equal(was, now)) return;
  buffer_printf(to, "%s%s: ", to->length ? "; " : "", what);
  text_add_escaped(to, was.length ? was : slice_of("none"));
  buffer_add_text(to, " \u2192 ");
  text_add_escaped(to, now.length ? now : slice_of("none"));
}

static void add_day_change(buffer *to, const char *what, day was, day now) {
  char texts[2][DATE_TEXT] = {"", ""};
  if (was != DAY_NONE) date_format(was, texts[0]);
  if (now != DAY_NONE) date_format(now, texts[1]);
  add_change(to, what, slice_of(texts[0]), slice_of(texts[1]));
}

static void say_changes(pupil_outcome *out, const known_pupil *old, const known_pupil *now) {
  static const char *const person[] = {"UPN", "surname", "forename", "sex"};
  static const char *const stay[] = {"year", "form", "admission number", "SEN",
                                     "free school meals"};
  buffer *to = &out->words;
  for (int i = 0; i < PERSON_TEXTS; i++) add_change(to, person[i], old->person[i], now->person[i]);
  add_day_change(to, "date of birth", old->dob, now->dob);
  add_change(to, stay[STAY_NUMBER], old->stay[STAY_NUMBER], now->stay[STAY_NUMBER]);
  out->identity = to->length > 0;
  for (int i = 0; i < STAY_GROUPS; i++)
    if (i != STAY_NUMBER) add_change(to, stay[i], old->stay[i], now->stay[i]);
  add_day_change(to, "joined", old->joined, now->joined);
  add_day_change(to, "left", old->left, now->left);
  if (!slice_equal(old->stay[STAY_GROUPS], now->stay[STAY_GROUPS]))
    buffer_printf(to, "%sfurther columns", to->length ? "; " : "");
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
  static const char insert[] =
      "INSERT INTO pupil (id, upn, surname, forename, sex, dob) VALUES (?, ?, ?, ?, ?, ?)";
  static const char update[] =
      "UPDATE pupil SET upn = ?2, surname = ?3, forename = ?4, sex = ?5, dob = ?6 WHERE id = ?1";
  statement *put = db_statement(d, *id ? update : insert, p);
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
  static const char insert[] =
      "INSERT INTO enrolment (id, pupil, school, year, form, admission_number, sen, fsm, groups,"
      " joined, left) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ifnull(?, '{}'), ?, ?)";
  static const char update[] =
      "UPDATE enrolment SET year = ?4, form = ?5, admission_number = ?6, sen = ?7, fsm = ?8,"
      " groups = ifnull(?9, '{}'), joined = ?10, left = ?11 WHERE id = ?1";
  statement *put = db_statement(d, e->enrolment ? update : insert, p);
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

static status update_stay(db *d, roll *r, uint32_t entry, const pupil_record *what,
                          pupil_outcome *out, problem *p) {
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
  known_pupil now = merge(&old, what, out);
  say_changes(out, &old, &now);
  if (!same_person(&old, &now)) s = write_person(d, &e.pupil, &now, p);
  if (!s && !same_stay(&old, &now)) s = write_stay(d, r->school, &e, &now, p);
  if (!s) s = note_change(r, entry, &old, &now, p);
  if (!s) s = roll_rename(r, entry, now.person[PERSON_UPN], now.stay[STAY_NUMBER], p);
  db_reset(find);
  r->entries[entry].joined = s ? e.joined : now.joined;
  r->entries[entry].left = s ? e.left : now.left;
  r->entries[entry].dob = s ? e.dob : now.dob;
  return s;
}

/* A new stay; of a pupil who is known from another one (not 0) the facts are updated. */
static status add_stay(db *d, roll *r, int64_t pupil, const pupil_record *what, pupil_outcome *out,
                       problem *p) {
  static const known_pupil nobody = {.dob = DAY_NONE, .joined = DAY_NONE, .left = DAY_NONE};
  known_pupil now = merge(&nobody, what, out);
  roll_entry e = {
      .pupil = pupil, .joined = now.joined, .left = now.left, .dob = now.dob, .change = PUT_ADDED};
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
      known_pupil both = merge(&old, what, out);
      say_changes(out, &old, &both);
      if (!same_person(&old, &both)) s = write_person(d, &pupil, &both, p);
    }
    db_reset(find);
  } else {
    s = write_person(d, &e.pupil, &now, p);
  }
  if (!s) s = write_stay(d, r->school, &e, &now, p);
  if (!s) s = roll_add(r, &e, now.person[PERSON_UPN], now.stay[STAY_NUMBER], p);
  if (!s) out->entry = (uint32_t)(r->count - 1);
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

/* Who it is ---------------------------------------------------------------------- */

enum agreement { NOT_KNOWN, AGREES, DIFFERS };

static enum agreement day_agrees(day a, day b) {
  return a == DAY_NONE || b == DAY_NONE ? NOT_KNOWN : a == b ? AGREES : DIFFERS;
}

static enum agreement number_agrees(slice a, slice b) {
  if (a.length == 0 || b.length == 0) return NOT_KNOWN;
  return slice_equal(number_bare(a), number_bare(b)) ? AGREES : DIFFERS;
}

static bool name_agrees(const known_pupil *k, const pupil_record *w) {
  return names_agree(k->person[PERSON_FORENAME], w->person[PERSON_FORENAME]) &&
         names_agree(k->person[PERSON_SURNAME], w->person[PERSON_SURNAME]);
}

/* Whether a record that has the key of a known pupil is of another child, by all that says so. */
static bool is_another(const known_pupil *k, const pupil_record *w, enum agreement number) {
  bool forename = names_agree(k->person[PERSON_FORENAME], w->person[PERSON_FORENAME]);
  bool surname = names_agree(k->person[PERSON_SURNAME], w->person[PERSON_SURNAME]);
  enum agreement dob = day_agrees(k->dob, w->dob);
  if ((forename && surname) || dob == AGREES || number == AGREES) return false;
  return (!forename && !surname) || dob == DIFFERS || number == DIFFERS;
}

/* "Ada Able, born 2015-01-02, admission number 12, UPN …" */
static void add_person(buffer *to, const known_pupil *k, slice number, bool upn) {
  char date[DATE_TEXT];
  text_add_escaped(to, k->person[PERSON_FORENAME]);
  if (k->person[PERSON_FORENAME].length) buffer_add_char(to, ' ');
  text_add_escaped(to, k->person[PERSON_SURNAME]);
  if (k->dob != DAY_NONE) {
    date_format(k->dob, date);
    buffer_printf(to, ", born %s", date);
  }
  if (number.length) {
    buffer_add_text(to, ", admission number ");
    text_add_escaped(to, number);
  }
  if (!upn || k->person[PERSON_UPN].length == 0) return;
  buffer_add_text(to, ", UPN ");
  text_add_escaped(to, k->person[PERSON_UPN]);
}

/* What a known pupil and a record have to do with each other. */
typedef struct comparison {
  bool another; /* the record is of another child */
  bool renamed; /* the names are not the same */
  bool same;    /* the names, the birthday and the admission number are the same, and known */
} comparison;

/* `number`: the pupil's at the school; `by_number`: it is the key by which the pupil was found. In
 * *whom the pupil in words, where there is something to say. */
static status compare(db *d, int64_t pupil, slice number, const pupil_record *w, bool by_number,
                      comparison *out, buffer *whom, problem *p) {
  known_pupil k;
  bool row = false;
  statement *find =
      db_statement(d, "SELECT upn, surname, forename, sex, dob FROM pupil WHERE id = ?", p);
  if (!find) return STATUS_FAULT;
  db_bind_int(find, 1, pupil);
  status s = db_step(find, &row, p);
  if (s) return s;
  if (!row) return problem_set(p, STATUS_CORRUPT, NULL, "a pupil is missing");
  read_known(find, false, &k);
  enum agreement numbers = number_agrees(number, w->stay[STAY_NUMBER]);
  out->another = is_another(&k, w, by_number ? NOT_KNOWN : numbers);
  out->renamed = !name_agrees(&k, w);
  out->same = !out->renamed && day_agrees(k.dob, w->dob) == AGREES && numbers == AGREES;
  if (out->renamed) add_person(whom, &k, number, by_number);
  db_reset(find);
  return buffer_status(whom, p);
}

/* Another pupil of the school who has the name of the record, and its birthday or number; for one
 * whose UPN is known the name is enough. In words, or none. */
static status find_like(db *d, roll *r, int64_t pupil, const pupil_record *w, buffer *words,
                        problem *p) {
  slice number = w->stay[STAY_NUMBER];
  uint32_t hash = roll_name_hash(w->person[PERSON_FORENAME], w->person[PERSON_SURNAME], words);
  status failed = buffer_status(words, p);
  buffer_clear(words);
  if (!failed && pupil) failed = roll_hash_names(d, r, p);
  if (failed) return failed;
  for (uint32_t i = 0; i < r->count && words->length == 0; i++) {
    const roll_entry *e = &r->entries[i];
    enum agreement dob = day_agrees(e->dob, w->dob);
    if (e->pupil == pupil || dob == DIFFERS) continue;
    bool named = pupil && i < r->known && r->name_hashes[i] == hash;
    if (!named && dob != AGREES && number_agrees(roll_number(r, i), number) != AGREES) continue;
    known_pupil k;
    bool row = false;
    statement *find =
        db_statement(d, "SELECT upn, surname, forename, sex, dob FROM pupil WHERE id = ?", p);
    if (!find) return STATUS_FAULT;
    db_bind_int(find, 1, e->pupil);
    status s = db_step(find, &row, p);
    if (s) return s;
    if (row) read_known(find, false, &k);
    bool whole = row && k.person[PERSON_FORENAME].length && k.person[PERSON_SURNAME].length;
    if (whole && name_agrees(&k, w)) add_person(words, &k, roll_number(r, i), true);
    db_reset(find);
  }
  return buffer_status(words, p);
}

/* The pupil who has a UPN, or had it (*former), wherever; 0: nobody. */
static status find_upn(db *d, slice upn, int64_t *pupil, bool *former, problem *p) {
  bool row = false;
  statement *find = db_statement(d,
                                 "SELECT id, 0 FROM pupil WHERE upn = ?1 UNION ALL"
                                 " SELECT pupil, 1 FROM upn_alias WHERE upn = ?1 LIMIT 1",
                                 p);
  if (!find) return STATUS_FAULT;
  db_bind_text(find, 1, upn);
  status s = db_step(find, &row, p);
  *pupil = !s && row ? db_column_int(find, 0) : 0;
  *former = *pupil && db_column_int(find, 1);
  db_reset(find);
  return s;
}

/* A pupil goes on being found by a UPN; by none of 0. */
static status put_alias(db *d, slice upn, int64_t pupil, int64_t at, problem *p) {
  statement *put = db_statement(d,
                                pupil ? "INSERT INTO upn_alias (upn, pupil, at) VALUES (?1, ?2, ?3)"
                                        " ON CONFLICT (upn) DO UPDATE SET pupil = ?2, at = ?3"
                                      : "DELETE FROM upn_alias WHERE upn = ?1",
                                p);
  if (!put) return STATUS_FAULT;
  db_bind_text(put, 1, upn);
  if (pupil) {
    db_bind_int(put, 2, pupil);
    db_bind_int(put, 3, at);
  }
  return db_run(put, p);
}

/* A known child comes with another UPN: the better one is the record's from now on, the other one
 * an alias. `room` holds the UPN of the roll, which moves. */
static status settle_upn(db *d, roll *r, int64_t pupil, uint32_t entry, bool former,
                         pupil_record *what, char room[UPN_MOST], problem *p) {
  slice had = {0}, comes = what->person[PERSON_UPN];
  bool row = false;
  statement *find = db_statement(d, "SELECT upn FROM pupil WHERE id = ?", p);
  if (!find) return STATUS_FAULT;
  db_bind_int(find, 1, pupil);
  status s = db_step(find, &row, p);
  if (s) return s;
  slice text = db_column_text(find, 0);
  if (row && text.length <= UPN_MOST) {
    if (text.length) memcpy(room, text.at, text.length);
    had = (slice){room, text.length};
  }
  db_reset(find);
  int better = upn_worth(comes) - upn_worth(had);
  bool taken = had.length == 0 || better > 0 || (better == 0 && !former);
  slice alias = taken ? had : comes;
  if (!taken) what->person[PERSON_UPN] = had;
  if (taken && former) s = put_alias(d, comes, 0, 0, p);
  if (s || alias.length == 0 || (!taken && former)) return s;
  s = put_alias(d, alias, pupil, what->at, p);
  if (!s && entry != ROLL_NONE) s = roll_add_alias(r, alias, entry, p);
  return s;
}

/* The record is not taken: why, in words. Until now `words` are whose the key is, `like` who else
 * the record may be of. */
static status refuse(pupil_outcome *out, const pupil_record *w, bool former, problem *p) {
  slice upn = w->person[PERSON_UPN], key = upn.length ? upn : w->stay[STAY_NUMBER];
  buffer all = {0};
  buffer_add_text(&all, upn.length ? "UPN \"" : "admission number \"");
  text_add_escaped(&all, key);
  buffer_printf(&all, "\" %s that of %.*s", former ? "was" : "is", (int)out->words.length,
                out->words.bytes);
  if (out->like.length)
    buffer_printf(&all, "; the name is that of %.*s", (int)out->like.length, out->like.bytes);
  buffer_add_text(&all, "; if it is the same child, import with --same ");
  text_add_escaped(&all, key);
  if (former) buffer_add_text(&all, ", else with --another and the UPN");
  status s = buffer_status(&all, p);
  buffer_free(&out->words);
  buffer_clear(&out->like);
  out->words = all;
  return s;
}

status pupils_put(db *d, roll *r, const pupil_record *given, pupil_outcome *out, problem *p) {
  pupil_record what = *given;
  char room[UPN_MOST];
  comparison c = {0};
  slice upn = what.person[PERSON_UPN];
  uint32_t known = roll_find_upn(r, upn);
  uint32_t numbered = roll_find_number(r, what.stay[STAY_NUMBER]);
  int64_t pupil = known == ROLL_NONE ? 0 : r->entries[known].pupil;
  bool former = known != ROLL_NONE && !slice_equal(roll_upn(r, known), upn);
  status s = STATUS_OK;
  buffer_clear(&out->words);
  buffer_clear(&out->like);
  *out = (pupil_outcome){.entry = ROLL_NONE, .words = out->words, .like = out->like};
  if (known == ROLL_NONE && upn.length) {
    s = find_upn(d, upn, &pupil, &former, p);
    if (!s && pupil) known = roll_of_pupil(r, pupil);
  }
  if (!s && pupil) {
    slice number = {0};
    if (known != ROLL_NONE) number = roll_number(r, known);
    s = compare(d, pupil, number, &what, false, &c, &out->words, p);
    if (!s && c.renamed && !what.same) s = find_like(d, r, pupil, &what, &out->like, p);
    bool doubted = (c.another && !what.same) || out->like.length > 0;
    if (!s && doubted && !(former && what.another)) return refuse(out, &what, former, p);
    if (!s && doubted) {
      s = put_alias(d, upn, 0, 0, p);
      pupil = 0;
      known = ROLL_NONE;
    } else if (!s && former) {
      s = settle_upn(d, r, pupil, known, true, &what, room, p);
    }
  } else if (!s && numbered != ROLL_NONE) {
    int64_t candidate = r->entries[numbered].pupil;
    bool without = upn.length == 0 || r->entries[numbered].upn_length == 0;
    s = compare(d, candidate, roll_number(r, numbered), &what, true, &c, &out->words, p);
    if (!s && without && c.another && !what.same) return refuse(out, &what, false, p);
    if (!s && (without || c.same || what.same)) known = numbered, pupil = candidate;
    if (!s && pupil && upn.length) s = settle_upn(d, r, pupil, known, false, &what, room, p);
  }
  buffer_clear(&out->words);
  buffer_clear(&out->like);
  if (!s && pupil == 0 && r->known && !what.another) s = find_like(d, r, 0, &what, &out->like, p);
  if (s) return s;
  uint32_t stay = known == ROLL_NONE ? ROLL_NONE : find_stay(r, known, &what);
  if (stay == ROLL_NONE) return add_stay(d, r, pupil, &what, out, p);
  out->entry = stay;
  return update_stay(d, r, stay, &what, out, p);
}

void pupil_outcome_free(pupil_outcome *out) {
  buffer_free(&out->words);
  buffer_free(&out->like);
}
