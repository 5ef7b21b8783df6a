-- sqlite: SQL that no command would run, through a connection of its own.
--
--   sqlite.run(path, sql)      -> output | nil, message
--   sqlite.quietly(path, sql)  the same without triggers and without new digests of rows, as bytes that
--                              change by themselves
--   sqlite.program()       -> its path

local folder = require "tests.support.folder"

local sqlite = {}

local dir, program -- built when it is first asked for, and kept for the specs after that

local function build()
  dir = folder.new()
  assert(os.execute(("env -u LD_PRELOAD gcc -std=c11 -D_GNU_SOURCE -O1 -Icore -o %s/sqlite tests/support/sqlite.c"
    .. " core/store/db/digest.c core/base/text.c core/base/mem.c core/base/status.c -lsqlite3 -lcrypto"):format(dir)))
  program = dir .. "/sqlite"
  -- Removed when the specs are done.
  sqlite.held = setmetatable({}, { __gc = function() folder.remove(dir) end })
end

-- The program that runs SQL from its standard input, for the command lines of a spec.
function sqlite.program()
  if not program then build() end
  return program
end

local function run(path, sql, how)
  local command, out = sqlite.program(), dir .. "/out"
  local pipe = assert(io.popen(("'%s' '%s' %s >'%s' 2>&1"):format(command, path, how, out), "w"))
  pipe:write(sql)
  local good = pipe:close()
  local text = folder.read(out)
  if not good then return nil, text end
  return text
end

function sqlite.run(path, sql) return run(path, sql, "") end

-- Around SQL that is to write no digests: to SQLite they are columns like others meanwhile.
local without = [[CREATE TEMP TABLE kept AS SELECT name, sql FROM sqlite_schema
    WHERE type = 'table' AND sql LIKE '%AS (row_digest(%';
  PRAGMA writable_schema = ON;
  UPDATE sqlite_schema SET sql = substr(sql, 1, instr(sql, ' AS (row_digest(')) ||
    substr(sql, instr(sql, ') STORED') + length(') STORED')) WHERE type = 'table' AND name IN (SELECT name FROM kept);
  PRAGMA writable_schema = RESET;]]
local again = [[;PRAGMA writable_schema = ON;
  UPDATE sqlite_schema SET sql = (SELECT k.sql FROM kept k WHERE k.name = tbl_name)
    WHERE type = 'table' AND name IN (SELECT name FROM kept);
  PRAGMA writable_schema = RESET;]]

function sqlite.quietly(path, sql) return run(path, without .. sql .. again, "quietly") end

return sqlite
