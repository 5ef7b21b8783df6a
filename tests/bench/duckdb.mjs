// duckdb: DuckDB with a row a mark in an integer table of its own, two threads.
//
//   duckdb.mjs import DATABASE MARKS.CSV       read_csv into a table, typed, checkpointed
//   duckdb.mjs integers RAW DATABASE MARKS.CSV that table as integers, in a file by itself
//   duckdb.mjs sweep DATABASE TIMES            A and B (answer.h) into a table in memory; the median
//   duckdb.mjs figures DATABASE OUT.CSV        A and B, copied to CSV
//   duckdb.mjs codes DATABASE TIMES            GROUP BY code
//
// The package is found from WAYMARK_BENCH_NODE, the folder that the bench installed it in.
//
//   session(session, earliest)          earliest: where its window of ten school weeks begins
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

const integers = `
  CREATE TABLE session AS
    WITH numbered AS (
      SELECT session, dense_rank() OVER (ORDER BY monday) AS week
      FROM (SELECT DISTINCT (date - DATE '1970-01-01') * 2 + (half = 'PM')::INTEGER AS session,
              date_trunc('week', date) AS monday FROM raw.mark))
    SELECT s.session::USMALLINT AS session, min(before.session)::USMALLINT AS earliest
    FROM numbered AS s JOIN numbered AS before ON before.week > s.week - 10
    GROUP BY s.session;
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
  console.error("usage: duckdb.mjs import|integers|sweep|figures|codes|version …");
  process.exit(2);
}
await commands[name](...rest);
