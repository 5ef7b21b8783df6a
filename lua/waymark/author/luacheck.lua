-- author/luacheck: what luacheck says of a plugin's files, where it is installed (in
-- Debian the package lua-check). It reads source and runs nothing of it.

local check = require("waymark.core").sdk "check"
local files = require "waymark.base.files"
local words = require "waymark.plugin.words"

local luacheck = {}

function luacheck.is_installed()
  local pipe = io.popen "command -v luacheck 2>/dev/null"
  local path = pipe and pipe:read "l"
  if pipe then pipe:close() end
  return path ~= nil
end

local advice = { W1 = "mend the name, or write local before its first use", W2 = "take it out, or call it _",
  W3 = "take it out", W4 = "give it another name", W5 = "take it out", W6 = "tidy it: other people will read this" }

local function finding_of(line, by_path)
  local path, number, code, what = line:match "^(.-):(%d+):%d+: %((%w+)%) (.*)$"
  local name = path and by_path[path]
  if not name then return nil end
  return { file = name, line = math.tointeger(tonumber(number)), name = what:match "'([^']*)'",
    what = ("%s (luacheck %s)"):format(what, code),
    todo = advice[code:sub(1, 2)] or "", is_syntax = code:sub(1, 1) == "E",
    kind = (code:sub(1, 1) == "E" or code == "W113") and "error" or "warning" } -- W113: a name that nothing set
end

-- sources: { { name = "steps/x.lua", path = where it lies } } -> list of findings. From the root,
-- since luacheck is a Lua program that would load modules of the current folder.
function luacheck.run(sources)
  local parts, by_path, list = { "cd / && luacheck --no-config --no-cache --no-color --codes --formatter plain",
    "--max-line-length 120 --std none --read-globals" }, {}, {}
  for _, name in ipairs(check.names(words.globals)) do parts[#parts + 1] = name end
  parts[#parts + 1] = "--"
  for _, file in ipairs(sources) do
    local path = files.absolute(file.path):gsub("/%./", "/") -- as luacheck shows it
    parts[#parts + 1], by_path[path] = files.quoted(path), file.name
  end
  local pipe = io.popen(table.concat(parts, " ") .. " 2>/dev/null")
  if not pipe then return list end
  for line in pipe:lines() do list[#list + 1] = finding_of(line, by_path) end
  pipe:close()
  return list
end

return luacheck
