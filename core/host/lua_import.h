/* lua_import: files from elsewhere in Lua: an import into a store, and the reader of CSV files by
 * itself, with the imports' encodings, delimiters and broken lines (store/csv.h) and their way of
 * keeping rows that cannot be taken (store/left_out.h). What cannot be done is nil and a message;
 * a wrong argument raises.
 *
 *   s:import(kind, path, {
 *     at = UTC seconds, by =, strict =, dry_run =, left_out_dir =,
 *     today = an ISO date (usually the day of `at`), or false: no mark is too late
 *     am_code =, pm_code = the code texts that say "in school" for one half only
 *     memory = most bytes of sheets in memory
 *     reading = what the file is said to be (lua_reading.h)
 *     progress = function(bytes, total) … end   false stops; an error does so too
 *   }) -> report | nil, message, report or nil[, true: it was the machine]
 *
 * The store is as if closed while `progress` runs. The report: kind, file, digest, rows, added,
 * unchanged, changed, removed, repeated, cleared, no_mark, agreed, left_out, first, last,
 * sessions, schools, seen_before, encoding, delimiter, left_out_path, import; and lists
 *   reasons, warnings   {{name, sentence, count, examples = {{line, words}, …}}, …}
 *   repeats, clears     {count, examples}
 *   passed_over         the same, of rows that are no records: headings again, totals, footers
 *   pairs               {{was, now, count}, …}, the most frequent first
 *   ignored, groups     headings
 *
 *   s:import_marks(import) -> {{enrolment =, set =, changed =}, …}   whose marks it set where none
 *                                was, and changed (store/import/undo.h)
 *   s:undo_marks { import =, undo = the undo's row of imports, at =, by = } -> set, changed
 *                                these marks are what they were; inside a transaction
 *
 *   s:likeness { school = its number, first =, last = dates, weeks = } -> { absent =, pupils =,
 *                                differing = }   beside so many weeks before (sheet/likeness.h)
 *
 *   core.csv(path [, { left_out_dir =, kind =, at =, reading =, twice = }])
 *     -> reader | nil, message   with left_out_dir, kind and at are needed; `twice`: a heading
 *                                may be there twice
 *   r:headings() -> list         as they came, in UTF-8
 *   r:about() -> { name =, form =, encoding =, delimiter =, digest = }
 *   r:next() -> { line =, cells = {…}, fault = sentence | nil } | nil
 *                                with columns: rows that are no records are passed over
 *   r:date(name) -> date | nil   of the row that came last, under a column needed or wanted;
 *          | false, why          nil: empty. false: no date; nil, message: what day is meant cannot
 *          | nil, message        be known of this file (store/csv/csv.h)
 *   r:leave_out(reason) -> true | nil, message    the row that came last
 *   r:seal() -> path | false | nil, message       let the file of rows left out
 *                                stand (false: there is none); else it goes
 *   r:withdraw()                 take a sealed file away again
 *   r:close()                    also when collected; twice does no harm
 *
 * Cells are trimmed; a faulty row has those that could be read.
 *
 *   core.csv_line(list [, count [, as_it_is]]) -> a line of a CSV file for people
 *                                (store/csv_write.h), nil as an empty cell; `as_it_is`: for an
 *                                import of ours */
#ifndef WAYMARK_LUA_IMPORT_H
#define WAYMARK_LUA_IMPORT_H

#include <lua.h>

int lua_import_run(lua_State *L);        /* the method `import` of a store */
int lua_import_marks(lua_State *L);      /* its method `import_marks` */
int lua_import_undo_marks(lua_State *L); /* its method `undo_marks` */
int lua_import_likeness(lua_State *L);   /* its method `likeness` */
int lua_import_csv(lua_State *L);        /* core.csv */
int lua_import_csv_line(lua_State *L);   /* core.csv_line */

#endif
