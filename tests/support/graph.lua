-- graph: who uses whom, in C and in Lua, as { [unit] = { [unit it uses] = true } }.
--
--   graph.objects(root, build)  from the symbols of the objects: "store/db/db" -> "base/text"
--   graph.includes(root, pattern)  from #include "…" in the files of core with these names,
--                               without their endings
--   graph.requires(folder, as)  from require "…": modules; `as` goes before their names
--   graph.circles(of)           -> the circles, each a sorted list of units
--   graph.files(folder, pattern), graph.read(path)

local lfs = require "lfs"

local graph = {}

function graph.files(folder, pattern)
  local list = {}
  local function walk(path)
    for name in lfs.dir(path) do
      local inner = path .. "/" .. name
      if not name:find "^%." then
        if lfs.attributes(inner, "mode") == "directory" then walk(inner)
        elseif name:find(pattern) then list[#list + 1] = inner end
      end
    end
  end
  walk(folder)
  table.sort(list)
  return list
end

function graph.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function link(of, from, to)
  of[from] = of[from] or {}
  if to and to ~= from then of[from][to] = true end
end

-- A symbol that nobody defines is a library's; an object that has no source is left of an
-- earlier build.
function graph.objects(root, build)
  local of, home, wanted = {}, {}, {}
  local pipe <close> = assert(io.popen(("find '%s/o' -name '*.o' | xargs nm -A -g -P"):format(build)))
  for line in pipe:lines() do
    local object, symbol, kind = line:match "/o/([^:]+)%.o: (%S+) (%a)"
    if of[object] == nil then
      of[object] = (object == "sdk_chunks" or lfs.attributes(("%s/core/%s.c"):format(root, object))) and {} or false
    end
    if not of[object] then goto next end
    if kind == "U" then wanted[#wanted + 1] = { object, symbol } else home[symbol] = object end
    ::next::
  end
  for object, used in pairs(of) do
    if not used then of[object] = nil end
  end
  for _, each in ipairs(wanted) do link(of, each[1], home[each[2]]) end
  return of
end

function graph.includes(root, pattern)
  local of = {}
  for _, path in ipairs(graph.files(root .. "/core", pattern)) do
    local unit = path:match "/core/(.*)%.[ch]$"
    link(of, unit)
    for header in graph.read(path):gmatch '\n#include%s+"([^"]+)%.h"' do link(of, unit, header) end
  end
  return of
end

-- What stands in long brackets is the text of another file, or a comment.
function graph.requires(folder, as)
  local of = {}
  for _, path in ipairs(graph.files(folder, "%.lua$")) do
    local module = (as .. path:sub(#folder + 2, -5)):gsub("/", "."):gsub("%.init$", "")
    link(of, module)
    local text = graph.read(path):gsub("%[(=*)%[.-%]%1%]", "")
    for name in text:gmatch "require%s*%(?%s*[\"']([%w_.-]+)" do link(of, module, name) end
  end
  return of
end

-- Tarjan's strongly connected components, those of more than one unit.
function graph.circles(of)
  local number, low, stack, on_stack, circles = {}, {}, {}, {}, {}
  local count = 0
  local function visit(unit)
    count = count + 1
    number[unit], low[unit] = count, count
    stack[#stack + 1], on_stack[unit] = unit, true
    for other in pairs(of[unit] or {}) do
      if not number[other] then
        visit(other)
        low[unit] = math.min(low[unit], low[other])
      elseif on_stack[other] then
        low[unit] = math.min(low[unit], number[other])
      end
    end
    if low[unit] == number[unit] then
      local circle = {}
      repeat
        local top = table.remove(stack)
        on_stack[top] = nil
        circle[#circle + 1] = top
      until top == unit
      table.sort(circle)
      if #circle > 1 then circles[#circles + 1] = circle end
    end
  end
  for unit in pairs(of) do
    if not number[unit] then visit(unit) end
  end
  table.sort(circles, function(a, b) return a[1] < b[1] end)
  return circles
end

return graph
