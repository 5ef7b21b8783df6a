-- waymark import list: the files that were taken in, the newest first.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local intake = require "waymark.commands.shared.intake"
local imports = require "waymark.store.imports"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local list = {
  summary = "The files that were taken in: when, by whom, and which of them were undone.",
  example = "waymark import list",
}

function list.options(parser)
  parser:option("--format", "table (to read), csv or json (for other programs)."):choices { "table", "csv", "json" }
end

local columns = { "import", "at", "kind", "file", "digest", "by", "rows", "added", "unchanged", "changed", "left_out",
  "first", "last", "undone", "undoes" }

local function note_of(import)
  if import.undo then return "undone by " .. import.undo end
  return import.undoes and "undid " .. import.undoes or ""
end

local function print_table(all)
  if #all == 0 then
    print "Nothing was imported yet."
    return
  end
  local rows = {}
  for i, each in ipairs(all) do
    rows[i] = { tostring(each.id), core.system.local_text(each.seconds), each.kind, each.file, each.by or "",
      words.number(each.rows), words.number(each.added), words.number(each.changed), words.number(each.left_out),
      note_of(each) }
  end
  terminal.table({ { title = "import", right = true }, { title = "when" }, { title = "kind" }, { title = "file" },
    { title = "by" }, { title = "rows", right = true }, { title = "new", right = true },
    { title = "changed", right = true }, { title = "left out", right = true }, { title = "", most = 40 } }, rows)
end

function list.run(arguments)
  local space = common.open(arguments, "read")
  local all, items = imports.list(space.store), core.array {}
  space:close()
  for i, each in ipairs(all) do items[i] = intake.import_item(each) end
  if arguments.format == "json" then
    print(problem.check(core.encode(items, 2)))
  elseif arguments.format == "csv" then
    io.write(terminal.csv_line(columns))
    for _, item in ipairs(items) do
      local cells = {}
      for i, name in ipairs(columns) do cells[i] = item[name] or "" end
      io.write(terminal.csv_line(cells, #columns))
    end
  else
    print_table(all)
  end
end

return list
