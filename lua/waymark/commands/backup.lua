-- waymark backup: a safe copy of the workspace's database, in one file.

local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"

local command = {
  name = "backup",
  summary = "Write a safe copy of the database to a new file, and read it again.",
  example = "waymark backup /media/stick/oakfield-2026-03-20.backup",
  see = "start.md: a backup every night",
}

function command.options(parser)
  parser:argument("file", "The file to write; it must not be there yet.")
end

local function count_files(folder)
  local count = 0
  for _, name in ipairs(files.names(folder)) do
    local path = folder .. "/" .. name
    count = count + (files.is_folder(path) and count_files(path) or 1)
  end
  return count
end

-- What is not in the file and has to be copied besides.
local function print_besides(folder)
  local words = {}
  for _, name in ipairs { "plugins", "documents" } do
    local count = count_files(folder .. "/" .. name)
    if count > 0 then words[#words + 1] = ("%s/ (%s)"):format(name, wording.count(count, "file")) end
  end
  if #words == 0 then return end
  print(terminal.paint("yellow", "Not in it; copy besides, from " .. core.escape(folder) .. ": "
    .. table.concat(words, " and ")))
end

-- Changing commands keep the text of waymark.lua; a later edit is not in the copy.
local function print_settings(folder, database)
  local store = core.store.open(database, "read")
  if not store then return end
  local kept = store:last_settings()
  store:close()
  if kept ~= files.read(folder .. "/waymark.lua") then
    print(terminal.paint("yellow", kept and
      "waymark.lua was edited after the last command that changed something: copy it besides."
      or "No command has kept the text of waymark.lua yet: copy it besides."))
  end
end

function command.run(arguments)
  local database = arguments.folder .. "/waymark.db"
  local report = problem.check(core.store.backup(database, arguments.file, arguments.now))
  print(("%s in %s, %s bytes, are in %s, and were read again from there."):format(
    wording.count(report.rows, "row"), wording.count(report.tables, "table"), wording.number(report.bytes),
    core.escape(arguments.file)))
  print_settings(arguments.folder, database)
  print_besides(arguments.folder)
  print(("It holds personal data. To have it back: waymark restore %s DIR"):format(core.escape(arguments.file)))
end

return command
