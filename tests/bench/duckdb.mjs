// duckdb: DuckDB with a row a mark in an integer table of its own, two threads.
//
//   duckdb.mjs import DATABASE MARKS.CSV       read_csv into a table, typed, checkpointed
//   duckdb.mjs integers RAW DATABASE MARKS.CSV that table as integers, in a file by itself
//   duckdb.mjs sweep DATABASE TIMES            A and B (answer.h) into a table in memory; the median
//   duckdb.mjs rules DATABASE OUT.CSV TIMES    the rules of `when` (README.md), into a table in memory; the
//                                              median. OUT.CSV: whom of which they are met, a bit a rule
//   duckdb.mjs figures DATABASE OUT.CSV        A and B, copied to CSV
//   duckdb.mjs codes DATABASE TIMES            GROUP BY code
//
// The package is found from WAYMARK_BENCH_NODE, the folder that the bench installed it in.
//
//   session(session, nth, week, weekday, earliest)  numbered; Monday is 0; earliest: where its window of ten
//                                       school weeks begins
//   mark(school, pupil, session, code)  numbers as in answer.h; by pupil and session
//
// A: windows over the unauthorised sessions alone, for a count only grows at one. Of several
// ways to ask, these were the fastest.
import { createRequire } from "node:module";
import { statSync } from "node:fs";

const require = createRequire(process.env.WAYMARK_BENCH_NODE + "/");
const { DuckDBInstance, version } = require("@duckdb/node-api");

const answers = `
  WITH without_leave AS (
    SELECT pupil, session, count(*) OVER (PARTITION BY pupil ORDER BY session
      RANGE BETWEEN (session - earliest) PRECEDING AND CURRENT ROW) AS n
    FROM mark JOIN session USING (session) WHERE code BETWEEN 64 AND 79),
  a AS (
    SELECT pupil, min(session) FILTER (WHERE n >= 10) AS first, max(n) AS largest
    FROM without_leave GROUP BY pupil),
  b AS (
    SELECT pupil, sum((code < 80)::INTEGER)::INTEGER AS possible,
      sum((code < 48)::INTEGER)::INTEGER AS attended,
      sum((code BETWEEN 64 AND 79)::INTEGER)::INTEGER AS unauthorised
    FROM mark GROUP BY pupil)
  SELECT pupil, possible, attended, possible - attended - unauthorised AS authorised, unauthorised,
    (attended * 20000 + possible) // (2 * possible) AS rate,
    attended * 100 <= possible * 90 AS persistent, attended * 100 <= possible * 50 AS severe,
    coalesce(first, 0) AS first, coalesce(largest, 0) AS largest
  FROM b LEFT JOIN a USING (pupil)`;

const sums = `
  SELECT count(*) AS pupils, count(*) FILTER (WHERE first > 0) AS met, sum(first) AS first,
    sum(largest) AS largest, sum(possible) AS possible, sum(attended) AS attended,
    sum(authorised) AS authorised, sum(unauthorised) AS unauthorised, sum(rate) AS rate,
    count(*) FILTER (WHERE persistent) AS persistent, count(*) FILTER (WHERE severe) AS severe,
    sum((pupil % 997 + 1)::BIGINT * (first + 3 * largest + 5 * possible + 7 * attended
      + 11 * authorised + 13 * unauthorised)) AS mix
  FROM result`;

// The rules of `when`, as the shipped plugins have them where no school says otherwise. In the data every
// mark is of a possible session, none is missing, and everybody is of compulsory school age all year.

// Sessions seen and away, of a pupil or of the school: `but2` is the other days than Wednesday.
const count = (what, of, part) => part.startsWith("but")
  ? `(${of}.${what}_twelve - ${of}.${what}_day${part.slice(3)})` : `${of}.${what}_${part}`;

// How much more is away now than before, as a fraction.
function rise(seen, away, now, before) {
  return [`(${away(now)} * ${seen(before)} - ${away(before)} * ${seen(now)})`, `(${seen(now)} * ${seen(before)})`];
}

// By so many points, less what the rest of the school has risen; nothing is divided, so nothing is rounded.
function rises(points, now, before) {
  const own = rise((part) => count("seen", "p", part), (part) => count("away", "p", part), now, before);
  const rest = rise((part) => `(${count("seen", "s", part)} - ${count("seen", "p", part)})`,
    (part) => `(${count("away", "s", part)} - ${count("away", "p", part)})`, now, before);
  return `(100 * ${own[0]} - ${points} * ${own[1]}) * greatest(${rest[1]}, 1)
    >= 100 * ${own[1]} * greatest(${rest[0]}, 0)`;
}

function pattern(weekday) {
  let days = 0n; // a bit a day of the twelve weeks
  for (let week = 0n; week < 12n; week++) days |= 1n << (week * 5n + BigInt(weekday));
  return `(p.seen_day${weekday} > 0 AND ${count("seen", "p", `but${weekday}`)} > 0
    AND bit_count(p.days_away & ${days}) >= 4 AND ${rises(30, `day${weekday}`, `but${weekday}`)})`;
}

const fallen = (points, now, before) => `p.seen_${now} >= 20 AND p.seen_${before} >= 20 AND ${rises(points, now, before)}`;
const under = (band) => `seen_year >= 60 AND (seen_year - away_year) * 100 <= ${band} * seen_year`;

// In the order of the road map.
const rules = {
  "N-streak": "p.last_code = 65",
  "callback-away": "p.last_code IN (48, 49, 65, 66)",
  "holiday-in-a-row": "p.pupil IN (SELECT pupil FROM holiday)",
  "recent-absence": "p.away_now4 >= 10",
  "first-dip": `(p.seen_before3 - p.away_before3) * 100 >= 97 * p.seen_before3 AND ${fallen(20, "now3", "before3")}`,
  "weekday-pattern": `p.seen_twelve >= 60 AND (${[0, 1, 2, 3, 4].map(pattern).join(" OR ")})`,
  "long-absence": "p.pupil IN (SELECT pupil FROM long_absence)",
  "recent-unauthorised": "p.unauthorised >= 4",
  lateness: "p.late >= 6",
  decline: fallen(25, "now4", "before4"),
  "early-help": under(90),
  declining: under(80),
  "towards-threshold": "p.towards >= 8",
};

// Who has ten sessions of some codes in a row, after a week.
const tenInARow = (week, codes) => `SELECT pupil FROM (
  SELECT pupil, nth - row_number() OVER (PARTITION BY pupil ORDER BY nth) AS run
  FROM recent WHERE week > ${week} AND ${codes}) GROUP BY pupil, run HAVING count(*) >= 10`;

function met(last) {
  const parts = { now3: `week > ${last - 3}`, before3: `week BETWEEN ${last - 11} AND ${last - 3}`,
    now4: `week > ${last - 4}`, before4: `week BETWEEN ${last - 12} AND ${last - 4}`, twelve: `week > ${last - 12}` };
  for (let d = 0; d < 5; d++) parts[`day${d}`] = `week > ${last - 12} AND weekday = ${d}`;
  const counts = Object.entries(parts).map(([name, where]) => `count(*) FILTER (${where}) AS seen_${name},
    count(*) FILTER (${where} AND code >= 48) AS away_${name}`);
  const sums = Object.keys(parts).map((name) => `sum(seen_${name})::BIGINT AS seen_${name},
    sum(away_${name})::BIGINT AS away_${name}`);
  const bits = Object.values(rules).map((rule, i) => `(${rule})::INTEGER * ${1 << i}`);
  return `
    WITH recent AS (
      SELECT school, pupil, session, nth, week, weekday, code FROM mark JOIN session USING (session)
      WHERE session >= (SELECT min(session) FROM session WHERE week > ${last - 13})),
    year AS (
      SELECT pupil, count(*) AS seen_year, count(*) FILTER (code >= 48) AS away_year FROM mark GROUP BY pupil),
    pupil AS (
      SELECT any_value(school) AS school, pupil, arg_max(code, session) AS last_code, ${counts},
        count(*) FILTER (week > ${last - 6} AND code BETWEEN 64 AND 79) AS unauthorised,
        count(*) FILTER (week > ${last - 6} AND code IN (18, 67)) AS late,
        count(*) FILTER (week > ${last - 10} AND code IN (64, 66, 67)) AS towards,
        coalesce(bit_or(1::BIGINT << (least(${last} - week, 11) * 5 + weekday))
          FILTER (week > ${last - 12} AND code >= 48), 0) AS days_away
      FROM recent GROUP BY pupil),
    school AS (SELECT school, ${sums} FROM pupil GROUP BY school),
    long_absence AS (${tenInARow(last - 12, "code >= 48")}),
    holiday AS (${tenInARow(last - 10, "code = 64")})
    SELECT p.pupil, ${bits.join(" + ")} AS met
    FROM pupil AS p JOIN school AS s USING (school) JOIN year AS y USING (pupil)`;
}

const integers = `
  CREATE TABLE session AS
    WITH numbered AS (
      SELECT session, row_number() OVER (ORDER BY session) AS nth, dense_rank() OVER (ORDER BY monday) AS week, weekday
      FROM (SELECT DISTINCT (date - DATE '1970-01-01') * 2 + (half = 'PM')::INTEGER AS session,
              date_trunc('week', date) AS monday, isodow(date) - 1 AS weekday FROM raw.mark))
    SELECT s.session::USMALLINT AS session, s.nth::USMALLINT AS nth, s.week::INTEGER AS week,
      s.weekday::INTEGER AS weekday, min(before.session)::USMALLINT AS earliest
    FROM numbered AS s JOIN numbered AS before ON before.week > s.week - 10
    GROUP BY ALL;
  CREATE TABLE code AS
    SELECT * FROM (VALUES ('/', 16), ('\\', 17), ('L', 18), ('I', 48), ('M', 49),
      ('G', 64), ('N', 65), ('O', 66), ('U', 67)) AS t(text, code);
  CREATE TABLE mark AS
    SELECT s::USMALLINT AS school,
      (s * 10000 + (upn[9:10]::INTEGER - 10) * 1000 + upn[11:13]::INTEGER)::UINTEGER AS pupil,
      ((date - DATE '1970-01-01') * 2 + (half = 'PM')::INTEGER)::USMALLINT AS session,
      code.code::UTINYINT AS code
    FROM (SELECT *, (school[1:3]::INTEGER - 201) * 220 + school[5:8]::INTEGER - 1001 AS s FROM raw.mark)
      JOIN code ON code.text = code_text
    ORDER BY pupil, session`;

function print(record) {
  for (const [key, value] of Object.entries(record)) console.log(`${key}=${value}`);
}

async function open(path, options = {}) {
  const instance = await DuckDBInstance.create(path, { threads: "2", ...options });
  return await instance.connect();
}

async function timed(work) {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

async function median(times, work) {
  const took = [];
  for (let i = 0; i < times; i++) took.push(await timed(work));
  return took.sort((a, b) => a - b)[times >> 1].toFixed(6);
}

async function first(db, sql) {
  return (await db.runAndReadAll(sql)).getRowObjects()[0];
}

const commands = {
  async import(path, csv) {
    const db = await open(path);
    const seconds = await timed(async () => {
      await db.run(`CREATE TABLE mark AS SELECT * FROM read_csv('${csv}', header = true,
        columns = { school: 'VARCHAR', upn: 'VARCHAR', date: 'DATE', half: 'VARCHAR', code_text: 'VARCHAR' })`);
      await db.run("CHECKPOINT");
    });
    print({ seconds, ...await first(db, "SELECT count(*) AS rows FROM mark") });
  },

  async integers(raw, path) {
    const db = await open(path);
    await db.run(`ATTACH '${raw}' AS raw (READ_ONLY)`);
    const seconds = await timed(async () => {
      await db.run(integers);
      await db.run("CHECKPOINT");
    });
    print({ seconds, bytes: statSync(path).size });
  },

  async sweep(path, times) {
    const db = await open(path, { access_mode: "READ_ONLY" });
    const seconds = await median(Number(times), () => db.run(`CREATE OR REPLACE TEMP TABLE result AS ${answers}`));
    print({ seconds, ...await first(db, sums) });
  },

  async figures(path, out) {
    const db = await open(path, { access_mode: "READ_ONLY" });
    print({ seconds: await timed(() => db.run(`COPY (${answers} ORDER BY pupil) TO '${out}' (HEADER)`)) });
  },

  async rules(path, out, times) {
    const db = await open(path, { access_mode: "READ_ONLY" });
    const { last } = await first(db, "SELECT max(week) AS last FROM session");
    const seconds = await median(Number(times), () => db.run(`CREATE OR REPLACE TEMP TABLE result AS ${met(last)}`));
    await db.run(`COPY (SELECT * FROM result WHERE met > 0 ORDER BY pupil) TO '${out}' (HEADER false)`);
    print({ seconds, rules: Object.keys(rules).join(" ") });
  },

  async codes(path, times) {
    const db = await open(path, { access_mode: "READ_ONLY" });
    let rows;
    const seconds = await median(Number(times), async () => {
      rows = (await db.runAndReadAll("SELECT code, count(*) AS n FROM mark GROUP BY code ORDER BY code")).getRows();
    });
    for (const [code, n] of rows) console.log(`code_${code}=${n}`);
    print({ seconds });
  },

  async version() {
    print({ version: version() });
  },
};

const [name, ...rest] = process.argv.slice(2);
if (!commands[name]) {
  console.error("usage: duckdb.mjs import|integers|sweep|rules|figures|codes|version …");
  process.exit(2);
}
await commands[name](...rest);
