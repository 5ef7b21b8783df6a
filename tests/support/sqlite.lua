-- sqlite: SQL that no command would run, through a connection of its own.
--
--   sqlite.run(path, sql)  -> output | nil, message
--   sqlite.program()       -> its path

local folder = require "tests.support.folder"

local sqlite = {}

local program -- built when it is first asked for, and kept for the specs after that

local function build()
  local dir = folder.new()
  assert(os.execute(("gcc -std=c11 -O1 -o %s/sqlite tests/support/sqlite.c -lsqlite3"):format(dir)))
  program = dir .. "/sqlite"
  -- Removed when the specs are done.
  sqlite.held = setmetatable({}, { __gc = function() folder.remove(dir) end })
end

-- The program that runs SQL from its standard input, for the command lines of a spec.
function sqlite.program()
  if not program then build() end
  return program
end

function sqlite.run(path, sql)
  local out = os.tmpname()
  local pipe = assert(io.popen(("'%s' '%s' >'%s' 2>&1"):format(sqlite.program(), path, out), "w"))
  pipe:write(sql)
  local good = pipe:close()
  local text = folder.read(out)
  os.remove(out)
  if not good then return nil, text end
  return text
end

return sqlite
