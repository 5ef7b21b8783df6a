-- template: the empty workspace that specs copy (run.sh makes it once a run). Its cache knows
-- already what the plugins that ship with Waymark declare: asking workers for that is most of
-- the first command in a workspace.
--
--   lua5.4 tests/support/template.lua FOLDER

local sqlite = require "tests.support.sqlite"
local workspace = require "tests.support.workspace"

local asked = workspace.new {}
asked:ok "suggest"
local program = workspace.program()
assert(os.execute(("'%s' init '%s' >/dev/null"):format(program, arg[1])))
assert(sqlite.run(arg[1] .. "/waymark.db", ("ATTACH '%s/waymark.db' AS asked;"
  .. " INSERT INTO declaration SELECT key, at, body FROM asked.declaration;"):format(asked.dir)))
asked:remove()
