/* schema: owns the numbered migrations of a workspace. A migration that has landed
 * is never edited; a change is a new one, tested on a file of the version
 * before. Tables keep facts; only `suggestion` is a projection (of `event`), and
 * `declaration` and `looked_at` are caches.
 *
 * The facts and who owns them:
 *   settings, import, coverage   what a person gave, when: by this store
 *   import_row, first_marks      what an import changed, while it can be undone
 *   code                         bytes of the sheets; append-only
 *   school, calendar_day, pupil, enrolment, contact     people and places
 *   upn_alias, school_alias      UPNs that pupils had before; numbers and names that schools had
 *   slot, sheet, amendment       registers: where a pupil stands on a school's
 *                                sheets of a year, the sheets, and what changed
 *   mark_detail                  minutes late, comments, suppliers' codes; append-only
 *   event, entry                 the case; append-only, by triggers; an entry's
 *                                text apart, to be struck out
 *   pattern                      what the packed data of events have in common; append-only
 *   plugin_digest                what plugins were when they made events; append-only
 *   school_event                 what a school did for everybody; append-only too
 *   action                       rows of lists that came back, so that none is
 *                                recorded twice
 *   list, list_row               the numbers on the lists that were made
 *   hook_place, effect           how far each hook plugin has read; the outbox
 *   run, run_failure             what `suggest` recorded, and what failed
 *   withdrawal                   runs that were withdrawn: by whom, why; append-only
 *   plugin_state                 plugins that failed, were switched off, are on again
 *   schema_digest                digests of the schema; of rows each table has its own
 * (row_digests.h) */
#include "store/db/schema.h"

#include <stdio.h>

#include "store/db/row_digests.h"

static const struct {
  int version;
  const char *sql;
} migrations[] = {
    {1,
     "CREATE TABLE settings ("
     "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, text TEXT NOT NULL) STRICT;"

     "CREATE TABLE code ("
     "  byte INTEGER PRIMARY KEY CHECK (byte BETWEEN 17 AND 111),"
     "  text TEXT NOT NULL, class TEXT NOT NULL, meaning TEXT NOT NULL,"
     "  physical INTEGER NOT NULL, from_day INTEGER, to_day INTEGER) STRICT;"
     "CREATE TRIGGER code_kept BEFORE DELETE ON code BEGIN"
     "  SELECT RAISE(ABORT, 'codes are never removed'); END;"

     "CREATE TABLE import ("
     "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, file TEXT NOT NULL,"
     "  digest TEXT NOT NULL, by TEXT, rows INTEGER NOT NULL, added INTEGER NOT NULL,"
     "  unchanged INTEGER NOT NULL, changed INTEGER NOT NULL, left_out INTEGER NOT NULL) STRICT;"

     "CREATE TABLE school ("
     "  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,"
     "  phase TEXT, la TEXT) STRICT;"

     "CREATE TABLE calendar_day ("
     "  school INTEGER NOT NULL REFERENCES school, day INTEGER NOT NULL,"
     "  am INTEGER NOT NULL, pm INTEGER NOT NULL,"
     "  PRIMARY KEY (school, day)) STRICT, WITHOUT ROWID;"

     "CREATE TABLE pupil ("
     "  id INTEGER PRIMARY KEY, upn TEXT UNIQUE, surname TEXT NOT NULL, forename TEXT NOT NULL,"
     "  dob INTEGER, sex TEXT) STRICT;"

     "CREATE TABLE enrolment ("
     "  id INTEGER PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupil,"
     "  school INTEGER NOT NULL REFERENCES school, joined INTEGER, left INTEGER,"
     "  year TEXT, form TEXT, admission_number TEXT, sen TEXT, fsm TEXT,"
     "  groups TEXT NOT NULL DEFAULT '{}') STRICT;"
     "CREATE INDEX enrolment_pupil ON enrolment (pupil, school);"
     "CREATE INDEX enrolment_school ON enrolment (school, id);"

     "CREATE TABLE contact ("
     "  id INTEGER PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupil,"
     "  school INTEGER NOT NULL REFERENCES school, title TEXT, forename TEXT, surname TEXT,"
     "  relationship TEXT, parental_responsibility INTEGER, lives_with INTEGER,"
     "  no_contact INTEGER, confidential_address INTEGER, priority INTEGER, email TEXT,"
     "  phone TEXT, address TEXT, language TEXT) STRICT;"
     "CREATE INDEX contact_pupil ON contact (pupil, school);"

    },
    {1,
     "CREATE TABLE slot ("
     "  school INTEGER NOT NULL REFERENCES school, academic_year INTEGER NOT NULL,"
     "  slot INTEGER NOT NULL, enrolment INTEGER NOT NULL REFERENCES enrolment,"
     "  PRIMARY KEY (school, academic_year, slot)) STRICT, WITHOUT ROWID;"
     "CREATE UNIQUE INDEX slot_enrolment ON slot (enrolment, academic_year);"

     "CREATE TABLE sheet ("
     "  school INTEGER NOT NULL REFERENCES school, day INTEGER NOT NULL,"
     "  am BLOB NOT NULL, pm BLOB NOT NULL,"
     "  PRIMARY KEY (school, day)) STRICT, WITHOUT ROWID;"

     "CREATE TABLE coverage ("
     "  import INTEGER NOT NULL REFERENCES import, school INTEGER NOT NULL REFERENCES school,"
     "  first_session INTEGER NOT NULL, last_session INTEGER NOT NULL,"
     "  PRIMARY KEY (school, import)) STRICT, WITHOUT ROWID;"

     "CREATE TABLE amendment ("
     "  id INTEGER PRIMARY KEY, enrolment INTEGER NOT NULL REFERENCES enrolment,"
     "  session INTEGER NOT NULL, was INTEGER NOT NULL, now INTEGER NOT NULL,"
     "  at INTEGER NOT NULL, import INTEGER REFERENCES import, by TEXT, why TEXT) STRICT;"
     "CREATE INDEX amendment_mark ON amendment (enrolment, session);"

    },
    {1,
     "CREATE TABLE declaration ("
     "  key TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;"

     "CREATE TABLE run ("
     "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, as_of INTEGER NOT NULL,"
     "  made INTEGER NOT NULL, lapsed INTEGER NOT NULL) STRICT;"
     "CREATE TABLE run_failure ("
     "  run INTEGER NOT NULL REFERENCES run, plugin TEXT NOT NULL, version TEXT, step TEXT,"
     "  enrolment INTEGER REFERENCES enrolment, verdict TEXT NOT NULL, message TEXT NOT NULL) "
     "STRICT;"

     "CREATE TABLE event ("
     "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, on_day INTEGER NOT NULL,"
     "  kind TEXT NOT NULL, pupil INTEGER NOT NULL REFERENCES pupil,"
     "  school INTEGER NOT NULL REFERENCES school,"
     "  enrolment INTEGER REFERENCES enrolment, plugin TEXT, version TEXT, digest TEXT,"
     "  step TEXT, concern TEXT, by TEXT, data TEXT NOT NULL DEFAULT '{}') STRICT;"
     "CREATE INDEX event_pupil ON event (pupil, id);"
     "CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN"
     "  SELECT RAISE(ABORT, 'events are never removed'); END;"
     "CREATE TRIGGER event_unchanged BEFORE UPDATE ON event BEGIN"
     "  SELECT RAISE(ABORT, 'events are never changed'); END;"

     "CREATE TABLE suggestion ("
     "  enrolment INTEGER NOT NULL REFERENCES enrolment, step TEXT NOT NULL,"
     "  concern TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'lapsed')),"
     "  made INTEGER NOT NULL REFERENCES event, ended INTEGER REFERENCES event,"
     "  PRIMARY KEY (enrolment, step, concern)) STRICT, WITHOUT ROWID;"},
    /* For people who ask in SQL: names for numbers, ISO dates. */
    {1,
     "CREATE VIEW schools AS SELECT id, key AS school, name, phase, la FROM school;"

     "CREATE VIEW pupils AS"
     "  SELECT p.upn, p.surname, p.forename, date(p.dob * 86400, 'unixepoch') AS dob, p.sex,"
     "    s.key AS school, e.year, e.form, e.sen, e.fsm, e.admission_number,"
     "    date(e.joined * 86400, 'unixepoch') AS joined,"
     "    date(e.left * 86400, 'unixepoch') AS left, e.id AS enrolment"
     "  FROM enrolment e JOIN pupil p ON p.id = e.pupil JOIN school s ON s.id = e.school;"

     "CREATE VIEW contacts AS"
     "  SELECT p.upn, s.key AS school, c.title, c.forename, c.surname, c.relationship,"
     "    c.parental_responsibility, c.lives_with, c.no_contact, c.confidential_address,"
     "    c.priority, c.email, c.phone, c.address, c.language"
     "  FROM contact c JOIN pupil p ON p.id = c.pupil JOIN school s ON s.id = c.school;"

     "CREATE VIEW suggestions AS"
     "  SELECT p.upn, s.key AS school, g.step, g.concern, g.state,"
     "    date(m.on_day * 86400, 'unixepoch') AS made_on,"
     "    date(l.on_day * 86400, 'unixepoch') AS ended_on"
     "  FROM suggestion g JOIN enrolment e ON e.id = g.enrolment JOIN pupil p ON p.id = e.pupil"
     "    JOIN school s ON s.id = e.school JOIN event m ON m.id = g.made"
     "    LEFT JOIN event l ON l.id = g.ended;"

     "CREATE VIEW amendments AS"
     "  SELECT p.upn, s.key AS school, date((a.session >> 1) * 86400, 'unixepoch') AS date,"
     "    CASE a.session & 1 WHEN 0 THEN 'AM' ELSE 'PM' END AS session,"
     "    coalesce(w.text, '') AS was, coalesce(n.text, '') AS now,"
     "    strftime('%Y-%m-%dT%H:%M:%SZ', a.at, 'unixepoch') AS at, a.by, a.why"
     "  FROM amendment a JOIN enrolment e ON e.id = a.enrolment JOIN pupil p ON p.id = e.pupil"
     "    JOIN school s ON s.id = e.school LEFT JOIN code w ON w.byte = a.was"
     "    LEFT JOIN code n ON n.byte = a.now;"},
    /* 2: what people did. An entry's text lies apart from its event, so that it
     * can be struck out; an answered suggestion; lists, actions, attachments; hooks
     * and their effects. */
    {2,
     "CREATE TABLE entry ("
     "  event INTEGER PRIMARY KEY REFERENCES event, salt BLOB NOT NULL, body TEXT) STRICT;"
     "CREATE TRIGGER entry_kept BEFORE DELETE ON entry BEGIN"
     "  SELECT RAISE(ABORT, 'entries are never removed'); END;"
     "CREATE TRIGGER entry_unchanged BEFORE UPDATE ON entry WHEN new.body IS NOT NULL"
     "  OR new.salt <> old.salt OR new.event <> old.event BEGIN"
     "  SELECT RAISE(ABORT, 'entries are struck out, never changed'); END;"

     "CREATE TABLE suggestion_2 ("
     "  enrolment INTEGER NOT NULL REFERENCES enrolment, step TEXT NOT NULL,"
     "  concern TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'lapsed', 'answered',"
     "  'put-off', 'bypassed')),"
     "  made INTEGER NOT NULL REFERENCES event, ended INTEGER REFERENCES event,"
     "  PRIMARY KEY (enrolment, step, concern)) STRICT, WITHOUT ROWID;"
     "INSERT INTO suggestion_2 SELECT enrolment, step, concern, state, made, ended FROM suggestion;"
     "DROP VIEW suggestions;"
     "DROP TABLE suggestion;"
     "ALTER TABLE suggestion_2 RENAME TO suggestion;"
     "CREATE INDEX suggestion_ended ON suggestion (ended);"
     "CREATE VIEW suggestions AS"
     "  SELECT p.upn, s.key AS school, g.step, g.concern, g.state,"
     "    date(m.on_day * 86400, 'unixepoch') AS made_on,"
     "    date(l.on_day * 86400, 'unixepoch') AS ended_on"
     "  FROM suggestion g JOIN enrolment e ON e.id = g.enrolment JOIN pupil p ON p.id = e.pupil"
     "    JOIN school s ON s.id = e.school JOIN event m ON m.id = g.made"
     "    LEFT JOIN event l ON l.id = g.ended;"
     "CREATE TABLE list ("
     "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, as_of INTEGER NOT NULL) STRICT;"
     "CREATE TABLE list_row ("
     "  list INTEGER NOT NULL REFERENCES list, number INTEGER NOT NULL,"
     "  enrolment INTEGER NOT NULL REFERENCES enrolment, step TEXT NOT NULL,"
     "  PRIMARY KEY (list, number)) STRICT, WITHOUT ROWID;"
     "CREATE TABLE action ("
     "  key TEXT PRIMARY KEY, event INTEGER NOT NULL REFERENCES event) STRICT, WITHOUT ROWID;"

     "CREATE TABLE hook_place ("
     "  plugin TEXT PRIMARY KEY, event INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
     "CREATE TABLE effect ("
     "  id INTEGER PRIMARY KEY, plugin TEXT NOT NULL, version TEXT NOT NULL,"
     "  event INTEGER NOT NULL REFERENCES event, number INTEGER NOT NULL, kind TEXT NOT NULL,"
     "  body TEXT NOT NULL, at INTEGER NOT NULL,"
     "  state TEXT NOT NULL CHECK (state IN ('waiting', 'written', 'withdrawn', 'failed')),"
     "  path TEXT, note TEXT, UNIQUE (plugin, event, number)) STRICT;"},
    /* 3: a sheet's key is one integer, so that a school of a thousand fits two to a
     * page of 4096 bytes and none spills over (see README.md). 25567 is 1900-01-01. Events
     * are found by kind; plugins that keep failing are switched off. */
    {3,
     "CREATE TABLE sheet_3 ("
     "  key INTEGER PRIMARY KEY,"
     "  school INTEGER NOT NULL AS (key >> 20) VIRTUAL REFERENCES school,"
     "  day INTEGER NOT NULL AS ((key & 1048575) - 25567) VIRTUAL,"
     "  am BLOB NOT NULL, pm BLOB NOT NULL) STRICT;"
     "INSERT INTO sheet_3 (key, am, pm)"
     "  SELECT (school << 20) + day + 25567, am, pm FROM sheet ORDER BY school, day;"
     "DROP TABLE sheet;"
     "ALTER TABLE sheet_3 RENAME TO sheet;"
     "CREATE INDEX event_kind ON event (kind);"
     "CREATE TABLE plugin_state ("
     "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, plugin TEXT NOT NULL,"
     "  state TEXT NOT NULL CHECK (state IN ('on', 'failed', 'off')), why TEXT, by TEXT) STRICT;"},
    /* 4: a contact keeps its row from import to import, since entries name it; one that a
     * file no longer has is marked as gone. Entries of a school, with a digest of what
     * they say. */
    {4,
     "ALTER TABLE contact ADD COLUMN dob INTEGER;"
     "ALTER TABLE contact ADD COLUMN communication_needs TEXT;"
     "ALTER TABLE contact ADD COLUMN checked_on INTEGER;"
     "ALTER TABLE contact ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;"
     "DROP VIEW contacts;"
     "CREATE VIEW contacts AS"
     "  SELECT p.upn, s.key AS school, c.title, c.forename, c.surname, c.relationship,"
     "    c.parental_responsibility, c.lives_with, c.no_contact, c.confidential_address,"
     "    c.priority, c.email, c.phone, c.address, c.language,"
     "    date(c.dob * 86400, 'unixepoch') AS dob, c.communication_needs,"
     "    date(c.checked_on * 86400, 'unixepoch') AS checked_on, c.id AS contact"
     "  FROM contact c JOIN pupil p ON p.id = c.pupil JOIN school s ON s.id = c.school"
     "  WHERE c.gone = 0;"
     "CREATE TABLE school_event ("
     "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, on_day INTEGER NOT NULL,"
     "  school INTEGER NOT NULL REFERENCES school, step TEXT NOT NULL, plugin TEXT, version TEXT,"
     "  digest TEXT, by TEXT, body TEXT NOT NULL, body_digest TEXT NOT NULL) STRICT;"
     "CREATE INDEX school_event_school ON school_event (school, id);"
     "CREATE TRIGGER school_event_kept BEFORE DELETE ON school_event BEGIN"
     "  SELECT RAISE(ABORT, 'entries of a school are never removed'); END;"
     "CREATE TRIGGER school_event_unchanged BEFORE UPDATE ON school_event BEGIN"
     "  SELECT RAISE(ABORT, 'entries of a school are never changed'); END;"},
    /* 5: the data of suggestions, which are mostly evidence, are packed (pack.h): `pattern` and
     * `packed` instead of `data`. Views that show them in full. */
    {5,
     "CREATE TABLE pattern (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"
     "CREATE TRIGGER pattern_kept BEFORE DELETE ON pattern BEGIN"
     "  SELECT RAISE(ABORT, 'patterns are never removed'); END;"
     "CREATE TRIGGER pattern_unchanged BEFORE UPDATE ON pattern BEGIN"
     "  SELECT RAISE(ABORT, 'patterns are never changed'); END;"
     "ALTER TABLE event ADD COLUMN pattern INTEGER REFERENCES pattern;"
     "ALTER TABLE event ADD COLUMN packed BLOB;"
     "INSERT INTO pattern (text) SELECT pattern_of(data) FROM event"
     "  WHERE kind = 'suggestion.made' AND pattern_of(data) IS NOT NULL"
     "  GROUP BY 1 ORDER BY count(*) DESC, min(id) LIMIT " SCHEMA_PATTERNS ";"
     "DROP TRIGGER event_unchanged;"
     "UPDATE event SET pattern = q.id, packed = values_of(event.data), data = '{}' FROM pattern q"
     "  WHERE event.kind = 'suggestion.made'"
     "    AND q.text = pattern_of(event.data);"
     "CREATE TRIGGER event_unchanged BEFORE UPDATE ON event BEGIN"
     "  SELECT RAISE(ABORT, 'events are never changed'); END;"
     "CREATE VIEW events AS"
     "  SELECT v.id, strftime('%Y-%m-%dT%H:%M:%SZ', v.at, 'unixepoch') AS at,"
     "    date(v.on_day * 86400, 'unixepoch') AS on_day, v.kind, p.upn, s.key AS school, v.plugin,"
     "    v.version, v.step, v.concern, v.by, iif(v.packed IS NULL, v.data, unpacked((SELECT text"
     "      FROM pattern WHERE id = v.pattern), v.packed)) AS data"
     "  FROM event v JOIN pupil p ON p.id = v.pupil JOIN school s ON s.id = v.school;"
     "CREATE VIEW evidence AS"
     "  SELECT v.upn, v.school, v.step, v.concern, v.on_day AS made_on,"
     "    (SELECT value FROM json_each(j.value, '$.rule')) AS rule,"
     "    (SELECT value FROM json_each(j.value, '$.from')) AS from_day,"
     "    (SELECT value FROM json_each(j.value, '$.to')) AS to_day,"
     "    (SELECT value FROM json_each(j.value, '$.count')) AS count,"
     "    (SELECT value FROM json_each(j.value, '$.of')) AS of,"
     "    (SELECT value FROM json_each(j.value, '$.words')) AS words,"
     "    (SELECT value FROM json_each(n.value, '$[0]')) AS date,"
     "    (SELECT value FROM json_each(n.value, '$[1]')) AS session,"
     "    (SELECT value FROM json_each(n.value, '$[2]')) AS code"
     "  FROM events v JOIN json_each(v.data, '$.evidence') j"
     "    LEFT JOIN json_each(j.value, '$.sessions') n WHERE v.kind = 'suggestion.made';"},
    /* 6: which events each run raised, and the runs that were withdrawn, with what undid them:
     * neither is told of any more (`withdrawn`). Whose list it was, and whether it was given out.
     */
    {6,
     "ALTER TABLE run ADD COLUMN first_event INTEGER;"
     "ALTER TABLE run ADD COLUMN last_event INTEGER;"
     "UPDATE run SET first_event = e.first, last_event = e.last FROM (SELECT at, min(id) AS first,"
     "    max(id) AS last FROM event WHERE substr(kind, 1, 6) <> 'entry.'"
     "      AND kind <> 'audience.changed' GROUP BY at) e WHERE e.at = run.at;"
     "CREATE TABLE withdrawal ("
     "  run INTEGER PRIMARY KEY REFERENCES run, at INTEGER NOT NULL, by TEXT, why TEXT,"
     "  first_event INTEGER, last_event INTEGER) STRICT;"
     "CREATE TRIGGER withdrawal_kept BEFORE DELETE ON withdrawal BEGIN"
     "  SELECT RAISE(ABORT, 'withdrawals are never removed'); END;"
     "CREATE TRIGGER withdrawal_unchanged BEFORE UPDATE ON withdrawal BEGIN"
     "  SELECT RAISE(ABORT, 'withdrawals are never changed'); END;"
     "CREATE VIEW withdrawn AS"
     "  SELECT r.first_event, r.last_event FROM withdrawal w JOIN run r ON r.id = w.run"
     "  UNION ALL SELECT first_event, last_event FROM withdrawal;"
     "ALTER TABLE list ADD COLUMN by TEXT;"
     "ALTER TABLE list ADD COLUMN given_out INTEGER NOT NULL DEFAULT 0;"},
    /* 7: smaller suggestions: what the plugins were that made an event is kept once (events of
     * before keep it themselves), only what ended is in the index of what did, and a state is
     * checked without a table of states. */
    {7,
     "CREATE TABLE plugin_digest (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"
     "CREATE TRIGGER plugin_digest_kept BEFORE DELETE ON plugin_digest BEGIN"
     "  SELECT RAISE(ABORT, 'digests of plugins are never removed'); END;"
     "CREATE TRIGGER plugin_digest_unchanged BEFORE UPDATE ON plugin_digest BEGIN"
     "  SELECT RAISE(ABORT, 'digests of plugins are never changed'); END;"
     "ALTER TABLE event ADD COLUMN plugin_digest INTEGER REFERENCES plugin_digest;"
     "CREATE TABLE suggestion_7 ("
     "  enrolment INTEGER NOT NULL REFERENCES enrolment, step TEXT NOT NULL,"
     "  concern TEXT NOT NULL, state TEXT NOT NULL CHECK (state = 'open' OR state = 'lapsed'"
     "    OR state = 'answered' OR state = 'put-off' OR state = 'bypassed'),"
     "  made INTEGER NOT NULL REFERENCES event, ended INTEGER REFERENCES event,"
     "  PRIMARY KEY (enrolment, step, concern)) STRICT, WITHOUT ROWID;"
     "INSERT INTO suggestion_7 SELECT enrolment, step, concern, state, made, ended FROM suggestion;"
     "DROP VIEW suggestions;"
     "DROP TABLE suggestion;"
     "ALTER TABLE suggestion_7 RENAME TO suggestion;"
     "CREATE INDEX suggestion_ended ON suggestion (ended) WHERE ended IS NOT NULL;"
     "CREATE VIEW suggestions AS"
     "  SELECT p.upn, s.key AS school, g.step, g.concern, g.state,"
     "    date(m.on_day * 86400, 'unixepoch') AS made_on,"
     "    date(l.on_day * 86400, 'unixepoch') AS ended_on"
     "  FROM suggestion g JOIN enrolment e ON e.id = g.enrolment JOIN pupil p ON p.id = e.pupil"
     "    JOIN school s ON s.id = e.school JOIN event m ON m.id = g.made"
     "    LEFT JOIN event l ON l.id = g.ended;"},
    /* 8: the same person among the contacts of other children is found by name. */
    {8, "CREATE INDEX contact_name ON contact (surname, forename);"},
    /* 9: what the last recorded run said of each school, and a digest of all that it said that of.
     */
    {9,
     "CREATE TABLE looked_at ("
     "  school INTEGER PRIMARY KEY REFERENCES school, basis TEXT NOT NULL, import INTEGER,"
     "  pupils INTEGER NOT NULL, suggested INTEGER NOT NULL, steps TEXT NOT NULL) STRICT;"},
    /* 10: a digest of each row, by which `check` finds what was changed: row_digests.h adds the
     * columns. Tables that have one have no CHECK: a connection that only reads does not see it,
     * and could not copy them into a backup; triggers look instead. */
    {10,
     "CREATE TABLE kept AS SELECT * FROM code;"
     "DROP TABLE code;"
     "CREATE TABLE code ("
     "  byte INTEGER PRIMARY KEY, text TEXT NOT NULL, class TEXT NOT NULL, meaning TEXT NOT NULL,"
     "  physical INTEGER NOT NULL, from_day INTEGER, to_day INTEGER) STRICT;"
     "INSERT INTO code SELECT * FROM kept;"
     "DROP TABLE kept;"
     "CREATE TRIGGER code_kept BEFORE DELETE ON code BEGIN"
     "  SELECT RAISE(ABORT, 'codes are never removed'); END;"
     "CREATE TRIGGER code_byte BEFORE INSERT ON code WHEN new.byte NOT BETWEEN 17 AND 111 BEGIN"
     "  SELECT RAISE(ABORT, 'the byte of a code is from 17 to 111'); END;"

     "CREATE TABLE kept AS SELECT * FROM effect;"
     "DROP TABLE effect;"
     "CREATE TABLE effect ("
     "  id INTEGER PRIMARY KEY, plugin TEXT NOT NULL, version TEXT NOT NULL,"
     "  event INTEGER NOT NULL REFERENCES event, number INTEGER NOT NULL, kind TEXT NOT NULL,"
     "  body TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL,"
     "  path TEXT, note TEXT, UNIQUE (plugin, event, number)) STRICT;"
     "INSERT INTO effect SELECT * FROM kept;"
     "DROP TABLE kept;"
     "CREATE TRIGGER effect_added BEFORE INSERT ON effect"
     "  WHEN new.state NOT IN ('waiting', 'written', 'withdrawn', 'failed') BEGIN"
     "  SELECT RAISE(ABORT, 'no state of an effect'); END;"
     "CREATE TRIGGER effect_changed BEFORE UPDATE ON effect"
     "  WHEN new.state NOT IN ('waiting', 'written', 'withdrawn', 'failed') BEGIN"
     "  SELECT RAISE(ABORT, 'no state of an effect'); END;"

     "CREATE TABLE kept AS SELECT * FROM plugin_state;"
     "DROP TABLE plugin_state;"
     "CREATE TABLE plugin_state ("
     "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, plugin TEXT NOT NULL, state TEXT NOT NULL,"
     "  why TEXT, by TEXT) STRICT;"
     "INSERT INTO plugin_state SELECT * FROM kept;"
     "DROP TABLE kept;"
     "CREATE TRIGGER plugin_state_added BEFORE INSERT ON plugin_state"
     "  WHEN new.state NOT IN ('on', 'failed', 'off') BEGIN"
     "  SELECT RAISE(ABORT, 'no state of a plugin'); END;"

     "CREATE TABLE schema_digest ("
     "  of TEXT PRIMARY KEY, digest INTEGER NOT NULL) STRICT, WITHOUT ROWID;"},
    /* 11: what a pupil or a school was called before, by which old files go on naming them. */
    {11,
     "CREATE TABLE upn_alias ("
     "  upn TEXT PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupil, at INTEGER NOT NULL)"
     " STRICT, WITHOUT ROWID;"
     "CREATE INDEX upn_alias_pupil ON upn_alias (pupil);"
     "CREATE VIEW upns AS SELECT upn, id AS pupil FROM pupil WHERE upn IS NOT NULL"
     "  UNION ALL SELECT upn, pupil FROM upn_alias;"
     "CREATE TABLE school_alias ("
     "  text TEXT PRIMARY KEY, school INTEGER NOT NULL REFERENCES school) STRICT, WITHOUT ROWID;"},
    /* 12: what comes with a mark beside its code; of a mark the last row says what is known. Who
     * came to a school, or left it, within a year is found without reading everybody. */
    {12,
     "CREATE TABLE mark_detail ("
     "  id INTEGER PRIMARY KEY, enrolment INTEGER NOT NULL REFERENCES enrolment,"
     "  session INTEGER NOT NULL, mark INTEGER NOT NULL, minutes INTEGER, sub_code TEXT,"
     "  comment TEXT, at INTEGER NOT NULL,"
     "  import INTEGER REFERENCES import DEFERRABLE INITIALLY DEFERRED, by TEXT) STRICT;"
     "CREATE INDEX mark_detail_mark ON mark_detail (enrolment, session);"
     "CREATE TRIGGER mark_detail_kept BEFORE DELETE ON mark_detail BEGIN"
     "  SELECT RAISE(ABORT, 'details of marks are never removed'); END;"
     "CREATE TRIGGER mark_detail_unchanged BEFORE UPDATE ON mark_detail WHEN new.comment IS NOT "
     "NULL"
     "  OR new.id <> old.id OR new.enrolment <> old.enrolment OR new.session <> old.session"
     "  OR new.mark <> old.mark OR new.minutes IS NOT old.minutes OR new.sub_code IS NOT "
     "old.sub_code"
     "  OR new.at <> old.at OR new.import IS NOT old.import BEGIN"
     "  SELECT RAISE(ABORT, 'details of marks are never changed: a comment may be erased'); END;"
     "CREATE INDEX enrolment_joined ON enrolment (school, joined) WHERE joined IS NOT NULL;"
     "CREATE INDEX enrolment_left ON enrolment (school, left) WHERE left IS NOT NULL;"},
    /* 13: what each import changed, so that it can be undone: rows of people, schools and
     * calendars as they were, or which were added (`was` is NULL), and which marks were first
     * ones. An undo is a row of `import`, too. A stay that came by an import that was undone is of
     * no school. Of imports from before this nothing is known: their `last_event` is NULL. */
    {13,
     "ALTER TABLE import ADD COLUMN last_event INTEGER;"
     "ALTER TABLE import ADD COLUMN undoes INTEGER REFERENCES import;"
     "CREATE INDEX import_undoes ON import (undoes) WHERE undoes IS NOT NULL;"
     "CREATE TABLE import_row ("
     "  import INTEGER NOT NULL REFERENCES import DEFERRABLE INITIALLY DEFERRED,"
     "  of TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, was TEXT,"
     "  PRIMARY KEY (import, of, first)) STRICT, WITHOUT ROWID;"
     "CREATE TABLE first_marks ("
     "  import INTEGER NOT NULL REFERENCES import, school INTEGER NOT NULL REFERENCES school,"
     "  academic_year INTEGER NOT NULL, runs BLOB NOT NULL,"
     "  PRIMARY KEY (import, school, academic_year)) STRICT, WITHOUT ROWID;"
     "CREATE VIEW covered AS SELECT c.import, c.school, c.first_session, c.last_session"
     "  FROM coverage c WHERE NOT EXISTS (SELECT 1 FROM import u WHERE u.undoes = c.import);"
     "CREATE TABLE kept AS SELECT id, pupil, school, joined, left, year, form, admission_number,"
     "  sen, fsm, groups FROM enrolment;"
     "DROP TABLE enrolment;"
     "CREATE TABLE enrolment ("
     "  id INTEGER PRIMARY KEY, pupil INTEGER NOT NULL REFERENCES pupil,"
     "  school INTEGER REFERENCES school, joined INTEGER, left INTEGER,"
     "  year TEXT, form TEXT, admission_number TEXT, sen TEXT, fsm TEXT,"
     "  groups TEXT NOT NULL DEFAULT '{}') STRICT;"
     "INSERT INTO enrolment SELECT * FROM kept;"
     "DROP TABLE kept;"
     "CREATE INDEX enrolment_pupil ON enrolment (pupil, school);"
     "CREATE INDEX enrolment_school ON enrolment (school, id);"
     "CREATE INDEX enrolment_joined ON enrolment (school, joined) WHERE joined IS NOT NULL;"
     "CREATE INDEX enrolment_left ON enrolment (school, left) WHERE left IS NOT NULL;"},
};

enum {
  MIGRATIONS = sizeof migrations / sizeof *migrations,
  APPLICATION = 0x5741594D /* "WAYM", the mark of our files */
};

int schema_version(void) { return migrations[MIGRATIONS - 1].version; }

status schema_read(db *d, const char *shown, int *version, problem *p) {
  int64_t application = 0, found = 0;
  status s = db_number(d, "PRAGMA application_id", 0, 0, &application, p);
  if (!s) s = db_number(d, "PRAGMA user_version", 0, 0, &found, p);
  if (s) return s;
  if (application == APPLICATION && found > schema_version())
    return problem_set(p, STATUS_REFUSED, "update Waymark on this computer",
                       "%s was written by a newer Waymark (data version %lld, this one knows %d)",
                       shown, (long long)found, schema_version());
  *version = application == APPLICATION ? (int)found : application == 0 && found == 0 ? 0 : -1;
  return STATUS_OK;
}

status schema_migrate(db *d, problem *p) {
  char mark[96];
  int64_t version = 0;
  status s = db_number(d, "PRAGMA user_version", 0, 0, &version, p);
  if (s || version == schema_version()) return s;
  (void)snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                 APPLICATION, schema_version());
  s = db_exec(d, "PRAGMA foreign_keys = OFF", p); /* tables are made anew; not in a transaction */
  if (!s) s = db_begin(d, false, p);
  /* Another process may have done it meanwhile. */
  if (!s) s = db_number(d, "PRAGMA user_version", 0, 0, &version, p);
  for (int i = 0; i < MIGRATIONS && !s; i++)
    if (migrations[i].version > version) s = db_exec(d, migrations[i].sql, p);
  if (!s && version < schema_version()) s = row_digests_renew(d, p);
  if (!s) s = db_exec(d, mark, p);
  if (!s) s = db_commit(d, p);
  if (s) db_rollback(d);
  status on = db_exec(d, "PRAGMA foreign_keys = ON", s ? NULL : p);
  return s ? s : on;
}
