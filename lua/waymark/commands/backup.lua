-- waymark backup: a safe copy of the workspace's database, in one file.

local cases = require "waymark.case"
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
  parser:flag("--damaged", "Back up what there is, though `waymark check` finds fault with it.")
end

local function count_files(folder)
  local count = 0
  for _, name in ipairs(files.names(folder)) do
    local path = folder .. "/" .. name
    count = count + (files.is_folder(path) and count_files(path) or 1)
  end
  return count
end

-- What `waymark check` finds. A workspace of an older Waymark is taken as it is; of what is none, or is in use, the
-- copy says so. What cannot be opened just now is not damaged by that: raises what the machine says.
local function findings(folder, database, is_damaged)
  local store, message, is_machine = core.store.open(database, "read")
  if not store and is_machine and not is_damaged then problem.check(store, message, is_machine) end
  if not store then return is_machine and { message } or {} end
  local list = cases.findings(store, folder)
  store:close()
  return list
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
  local list = findings(arguments.folder, database, arguments.damaged)
  if #list > 0 and not arguments.damaged then
    problem.raise("%s cannot be backed up as it was recorded: %s; look at `waymark check`, and restore an earlier "
      .. "backup; to back up what there is all the same: waymark backup --damaged %s",
      arguments.folder, #list == 1 and list[1] or ("%s, and %d more"):format(list[1], #list - 1), arguments.file)
  end
  local report = problem.check(core.store.backup(database, arguments.file, arguments.now))
  print(("%s in %s, %s bytes, are in %s, and were read again from there."):format(
    wording.count(report.rows, "row"), wording.count(report.tables, "table"), wording.number(report.bytes),
    core.escape(arguments.file)))
  print_settings(arguments.folder, database)
  print_besides(arguments.folder)
  print(("It holds personal data. To have it back: waymark restore %s DIR"):format(core.escape(arguments.file)))
  if #list == 0 then return end
  terminal.warn("%s is not as it was recorded, and the backup holds it as it is: %s; see: waymark check",
    arguments.folder, wording.count(#list, "finding"))
  return 3
end

return command
