-- waymark repl: questions one after the other, with history, the names completed by the
-- tabulator key, the manual (help "rolling", ?rolling), and pretty printing.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local terminal = require "waymark.base.terminal"
local waymark = require "waymark"

local command = {
  name = "repl",
  summary = "Ask questions in Lua, one after the other.",
  example = "waymark repl",
}

function command.options() end

local most_items, most_depth = 50, 4

local function sorted_keys(value)
  local keys = {}
  for key in next, value do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
    return type(a) < type(b)
  end)
  return keys
end

local pretty

local function pretty_table(value, depth, indent)
  local lines, inner = {}, indent .. "  "
  local keys = sorted_keys(value)
  if #keys == 0 then return "{}" end
  if depth > most_depth then return "{ … }" end
  for i, key in ipairs(keys) do
    if i > most_items then
      lines[#lines + 1] = inner .. ("… and %d more"):format(#keys - most_items)
      break
    end
    local name = type(key) == "string" and core.escape(key) .. " = " or math.type(key) == "integer" and "" or
      "[" .. tostring(key) .. "] = "
    lines[#lines + 1] = inner .. name .. pretty(value[key], depth + 1, inner)
  end
  return "{\n" .. table.concat(lines, ",\n") .. "\n" .. indent .. "}"
end

function pretty(value, depth, indent)
  if type(value) == "string" then return '"' .. core.escape(value) .. '"' end
  if type(value) == "table" then return pretty_table(value, depth or 1, indent or "") end
  return core.escape(tostring(value))
end
command.pretty = pretty

local function answer(chunk)
  local results = table.pack(pcall(chunk))
  if not results[1] then
    local message = tostring(results[2]):gsub("^%S*commands/repl%.lua:%d+: ", "") -- our line is of no use
    print(terminal.paint("red", core.escape(message)))
    return
  end
  for i = 2, results.n do print(pretty(results[i])) end
end

-- A line is an expression if it can be one; lines that end in the middle of a statement are read on.
local function read_chunk(env)
  local function complete(word) return require("waymark.manual").complete(word, env) end
  local text = core.system.readline("> ", complete)
  if not text then return nil end
  local asked = text:match "^%s*%?%s*(.-)%s*$"
  if asked then return function() env.help(asked ~= "" and asked or nil) end end
  while true do
    local chunk, message = load("return " .. text, "=repl", "t", env), nil
    if not chunk then chunk, message = load(text, "=repl", "t", env) end
    if chunk or not message:find "<eof>$" then return chunk or false, message end
    local more = core.system.readline(">> ", complete)
    if not more then return false, message end
    text = text .. "\n" .. more
  end
end

-- help(), help "rolling": a page of the manual.
local function help(name)
  local manual = require "waymark.manual"
  local width = math.min(core.system.width(), 100)
  if name == nil then return print(table.concat(manual.subjects(width), "\n")) end
  local lines, message = manual.about(tostring(name), width)
  print(lines and table.concat(lines, "\n") or terminal.paint("red", message))
end

function command.run(arguments)
  local opened = common.open_for_scripts(arguments)
  local env = waymark.environment(opened, true) -- the names of plugins are completed too
  env.help = help
  local history = (os.getenv "HOME" or arguments.folder) .. "/.waymark_history"
  core.system.history_load(history)
  print "Waymark. For example: for p in pupils { year = 9 } do print(p.name, p:rate()) end"
  print 'What there is: help(), help "rolling" or ?rolling, and the tabulator key. Leave with Ctrl-D.'
  while true do
    local chunk, message = read_chunk(env)
    if chunk == nil then break end
    if chunk then answer(chunk) else print(terminal.paint("red", core.escape(message))) end
  end
  core.system.history_save(history)
  print ""
  opened:close()
end

return command
