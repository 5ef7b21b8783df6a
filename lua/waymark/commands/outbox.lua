-- waymark outbox: the messages that plugins asked for, and what became of each.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local outbox = require "waymark.mail.outbox"
local problem = require "waymark.base.problem"
local events = require "waymark.store.events"
local stored = require "waymark.store.outbox"
local tables = require "waymark.base.tables"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local command = {
  name = "outbox",
  summary = "Messages that plugins asked for: list them, read one, write what waits.",
  example = "waymark outbox list",
  see = "start.md: how messages get sent",
}

local states = { "waiting", "written", "withdrawn", "failed" }

function command.options(parser, add_common)
  parser:command_target "action"
  local list = parser:command("list", "What plugins asked for, and what became of it.")
    :epilog "Example:\n  waymark outbox list --state waiting --format csv"
  list:option("--state", "Only those in this state."):choices(states)
  common.format(list)
  add_common(list)
  local show = parser:command("show", "One message as it was written, or would be.")
    :epilog "Example:\n  waymark outbox show 12"
  show:argument("id", "Its number on the list."):convert(common.number "outbox show")
  add_common(show)
  local write = parser:command("write", "Write the messages that wait into documents/outbox.")
    :epilog "Example:\n  waymark outbox write"
  common.dry_run(write)
  add_common(write)
end

-- list ---------------------------------------------------------------------------

local columns = { "id", "state", "kind", "plugin", "on", "about", "name", "to", "path", "note" }

local function item_of(effect)
  return { id = effect.id, state = effect.state, kind = effect.kind, plugin = effect.plugin, version = effect.version,
    event = effect.event, number = effect.number, on = effect.on, about = effect.about, step = effect.step,
    upn = effect.upn, name = effect.name, school = effect.school, to = outbox.to_words(effect),
    entered = effect.entered, path = effect.path, note = effect.note }
end

local function write_csv(list)
  io.write(terminal.csv_line(columns))
  for item in tables.each(list, item_of) do
    local cells = {}
    for i, name in ipairs(columns) do cells[i] = item[name] or "" end
    io.write(terminal.csv_line(cells, #columns))
  end
end

local function write_table(list)
  if #list == 0 then
    print "There is nothing in the outbox."
    return
  end
  local rows = {}
  for i, effect in ipairs(list) do
    rows[i] = { tostring(effect.id), effect.state, effect.kind, effect.plugin, effect.on, effect.about, effect.name,
      outbox.to_words(effect), effect.note or effect.path or "" }
  end
  terminal.table({ { title = "id", right = true }, { title = "state" }, { title = "kind" }, { title = "plugin" },
    { title = "on" }, { title = "about" }, { title = "pupil" }, { title = "to" }, { title = "", most = 100 } }, rows)
end

-- Hook plugins that have not read everything: one that failed.
local function say_behind(space)
  local last = events.last_before(space.store)
  for _, plugin in ipairs((outbox.plugins(space))) do
    local place = stored.place(space.store, plugin.name)
    if place and place < last then
      terminal.warn("the plugin %s has not read the last %s; it failed, and catches up with the next command",
        plugin.name, words.count(last - place, "event"))
    end
  end
end

local function list(arguments)
  local space = common.open(arguments, "read"):load_plugins()
  local effects = stored.effects(space.store, { state = arguments.state })
  if arguments.format == "json" then
    terminal.json_list(tables.each(effects, item_of))
  elseif arguments.format == "csv" then
    write_csv(effects)
  else
    write_table(effects)
  end
  say_behind(space)
  space:close()
end

-- show ---------------------------------------------------------------------------

-- A message's text for a terminal: its lines, with quoted-printable undone.
local function readable(text)
  local head, body = text:gsub("\r\n", "\n"):match "^(.-)\n\n(.*)$"
  if not head then head, body = text, "" end
  if head:find "\nContent%-Transfer%-Encoding: quoted" then
    body = body:gsub("=\n", ""):gsub("=(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  end
  local lines = {}
  for line in (head .. "\n\n" .. body):gmatch "([^\n]*)\n" do lines[#lines + 1] = core.escape(line) end
  return table.concat(lines, "\n")
end

local function show(arguments)
  local space = common.open(arguments, "read"):load_plugins()
  local effect = arguments.id and stored.effects(space.store, { id = arguments.id })[1]
  if not effect then problem.raise("there is no such message; see: waymark outbox list") end
  local line = ("%d: %s of %s %s, for %s on %s, %s"):format(effect.id, effect.kind, effect.plugin, effect.version,
    core.escape(effect.name), effect.on, effect.state)
  print(terminal.paint("bold", effect.note and ("%s: %s"):format(line, core.escape(effect.note)) or line))
  local texts, why = outbox.texts(space, effect)
  if not texts and effect.state ~= "withdrawn" and effect.kind == "mail" then print(core.escape(why)) end
  for _, text in ipairs(texts or {}) do print("\n" .. readable(text)) end
  space:close()
end

-- write --------------------------------------------------------------------------

local function write(arguments)
  if arguments.dry_run then
    local space = common.open(arguments, "read")
    local waiting = #stored.effects(space.store, { state = "waiting" })
    space:close()
    return print(("%s; in a dry run none is written."):format(words.count(waiting, "message waits", "messages wait")))
  end
  local space = common.open(arguments, "write"):load_plugins()
  local report = outbox.write(space)
  space:close()
  print(("%s, %s withdrawn, %s failed, %s waiting."):format(words.count(report.written, "message written",
    "messages written"), words.number(report.withdrawn), words.number(report.failed),
    words.number(report.waiting)))
  for _, trouble in ipairs(report.trouble) do terminal.warn("not written: %s", trouble) end
  return (report.failed > 0 or #report.trouble > 0) and 3 or 0
end

local actions = { list = list, show = show, write = write }

function command.run(arguments) return actions[arguments.action](arguments) end

return command
