-- house: the shape of the tree, as `make house` prints it.
--
--   lua5.4 tests/house.lua [ROOT [BUILD]]      (. and ROOT/build, if nothing is said)
--
-- Of C and of Lua, in all and room by room: files, their lines (of C with the headers'), the
-- median file, functions, lines of the files a function, the median, 90 % and longest function,
-- and how many of the private functions have one use.
-- Of the objects, by their symbols: how many are used by one other alone, and the circles.
--
-- The code is formatted, so a function that begins in a column ends in it; a use is its name
-- elsewhere in the code of the file, in a list of functions for Lua too.

local root = arg[1] or "."
local build = arg[2] or root .. "/build"
package.path = arg[0]:gsub("[^/]*$", "support/?.lua;") .. package.path
local graph = require "graph"

local function lines_of(text)
  local lines = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

-- The text without comments and what is in quotes, on the same lines. `skip(text, at)`: the end
-- of what begins at a place, if it is one of these.
local function code_of(text, opening, skip)
  local out, at = {}, 1
  while true do
    local from = text:find(opening, at)
    if not from then return table.concat(out) .. text:sub(at) end
    local to = skip(text, from)
    out[#out + 1] = text:sub(at, to and from - 1 or from)
    if to then out[#out + 1] = text:sub(from, to):gsub("[^\n]+", "") end
    at = (to or from) + 1
  end
end

local function quoted(text, at)
  local quote = text:sub(at, at)
  repeat
    at = text:find("[\\\n" .. quote .. "]", at + 1) or #text
    local found = text:sub(at, at)
    if found == "\\" then at = at + 1 end
  until found ~= "\\"
  return at
end

local function end_of_line(text, at) return (text:find("\n", at, true) or #text + 1) - 1 end

local function skip_c(text, at)
  local two = text:sub(at, at + 1)
  if two == "/*" then return select(2, text:find("*/", at + 2, true)) end
  if two == "//" then return end_of_line(text, at) end
  return two:sub(1, 1) ~= "/" and quoted(text, at) or nil
end

local function skip_lua(text, at)
  local level = text:match("^%[(=*)%[", at) or text:match("^%-%-%[(=*)%[", at)
  if level then return select(2, text:find("]" .. level .. "]", at, true)) end
  if text:find("^%-%-", at) then return end_of_line(text, at) end
  return text:find("^[\"']", at) and quoted(text, at) or nil
end

-- Each: a list of { name, lines, private }, and how often names are told of without being used.
local function functions_of_c(lines)
  local found, told, at = {}, {}, 1
  while at <= #lines do
    local first, head = at, ""
    if lines[at]:find "^[%a_]" then
      while at < #lines and not lines[at]:find "[{;]" do head, at = head .. lines[at] .. " ", at + 1 end
      head = (head .. lines[at]):gsub("__attribute__%s*%b()", "")
      local before, name = head:match "^([%w_%s*]-)([%a_][%w_]*)%("
      if name and before ~= "" and not head:find "^typedef" then
        told[name] = (told[name] or 0) + 1
        if head:find "{" then
          if not head:find "}%s*$" then
            repeat at = at + 1 until lines[at]:find "^}"
          end
          found[#found + 1] = { name = name, lines = at - first + 1, private = head:find "^static" ~= nil }
        end
      end
    end
    at = at + 1
  end
  return found, told
end

local function functions_of_lua(lines)
  local found, told = {}, {}
  for at, line in ipairs(lines) do
    local indent, before, name = line:match "^(%s*)(.-)%f[%w_]function%s+([%w_.:]+)%s*%("
    if not name then
      indent, before, name = line:match "^(%s*)(l?o?c?a?l?%s*)([%w_.]+) = function%s*%("
    end
    if name then
      local last = at
      if not line:find "%f[%w_]end%f[^%w_][%s,)}]*$" then
        repeat last = last + 1 until not lines[last] or lines[last]:find("^" .. indent .. "end%f[^%w_]")
      end
      local own = name:match "[%w_]+$"
      told[own] = (told[own] or 0) + 1
      found[#found + 1] = { name = own, lines = last - at + 1, private = before:find "^local" ~= nil }
    end
  end
  return found, told
end

local languages = {
  { name = "C", pattern = "%.[ch]$", measured = "%.c$", folders = { "core" }, opening = "[\"'/]", skip = skip_c,
    functions = functions_of_c },
  { name = "Lua", pattern = "%.lua$", measured = "%.lua$", folders = { "lua/waymark", "lua/sdk" },
    opening = "[\"'%[-]", skip = skip_lua, functions = functions_of_lua },
}

local function new_shape()
  return { files = {}, functions = {}, lines = 0, of_files = 0, private = 0, once = 0 }
end

local function add(shape, lines, functions, told, count)
  shape.files[#shape.files + 1] = #lines
  shape.of_files = shape.of_files + #lines
  for _, each in ipairs(functions) do
    shape.functions[#shape.functions + 1] = each.lines
    if each.private then
      shape.private = shape.private + 1
      if count[each.name] - told[each.name] == 1 then shape.once = shape.once + 1 end
    end
  end
end

local function measure(language, rooms, total)
  for _, folder in ipairs(language.folders) do
    for _, path in ipairs(graph.files(root .. "/" .. folder, language.pattern)) do
      local text = graph.read(path)
      local code = code_of(text, language.opening, language.skip)
      local count = {}
      for word in code:gmatch "[%a_][%w_]*" do count[word] = (count[word] or 0) + 1 end
      local functions, told = language.functions(lines_of(code))
      local room = path:sub(#root + 2):match "^(.*)/"
      rooms[room] = rooms[room] or new_shape()
      local lines = lines_of(text)
      for _, shape in ipairs { rooms[room], total } do
        shape.lines = shape.lines + #lines
        if path:find(language.measured) then add(shape, lines, functions, told, count) end
      end
    end
  end
end

local function at_part(list, part)
  table.sort(list)
  return list[math.max(1, math.ceil(#list * part))] or 0
end

local function show(name, shape)
  print(("%-28s %5d %7d %7d %9d %6.1f %7d %5d %7d %8s"):format(name, #shape.files, shape.lines,
    at_part(shape.files, 0.5), #shape.functions, shape.of_files / math.max(1, #shape.functions),
    at_part(shape.functions, 0.5), at_part(shape.functions, 0.9), at_part(shape.functions, 1),
    shape.private == 0 and "-" or ("%.0f %%"):format(100 * shape.once / shape.private)))
end

for _, language in ipairs(languages) do
  local rooms, total, names = {}, new_shape(), {}
  measure(language, rooms, total)
  for name in pairs(rooms) do names[#names + 1] = name end
  table.sort(names)
  print(("%-28s %5s %7s %7s %9s %6s %7s %5s %7s %8s"):format(language.name, "files", "lines", "median",
    "functions", "lines", "median", "90 %", "longest", "one use"))
  for _, name in ipairs(names) do show(name, rooms[name]) end
  show("all", total)
  print()
end

-- Objects, of what is part of the program.
local objects, users, count = graph.objects(root, build), {}, 0
for object, used in pairs(objects) do
  count = count + 1
  for other in pairs(used) do
    users[other] = users[other] or {}
    table.insert(users[other], object)
  end
end
local single = {}
for object, list in pairs(users) do
  if #list == 1 then single[#single + 1] = ("%s by %s"):format(object, list[1]) end
end
table.sort(single)
print(("%d objects, %d of them used by one other alone:"):format(count, #single))
for _, line in ipairs(single) do print("  " .. line) end
local circles = graph.circles(objects)
print(("%d circles among the objects%s"):format(#circles, #circles > 0 and ":" or ""))
for _, circle in ipairs(circles) do print("  " .. table.concat(circle, ", ")) end
local circles_of_lua = graph.circles(graph.requires(root .. "/lua/waymark", "waymark."))
print(("%d circles among the modules of Lua%s"):format(#circles_of_lua, #circles_of_lua > 0 and ":" or ""))
for _, circle in ipairs(circles_of_lua) do print("  " .. table.concat(circle, ", ")) end
