-- The rooms of core/ stand on each other in one order, and nothing reaches sideways or
-- upwards, by what a file includes or by what its object calls; nor is there a circle
-- within a room. So do the rooms of the host's Lua, in a row. The host's Lua, the SDK and
-- plugins keep apart.

local folder = require "tests.support.folder"
local graph = require "tests.support.graph"

-- What a room stands on; it may use that, and all that is below.
local stands_on = {
  base = {},
  attendance = { "base" },
  script = { "attendance" },
  worker = { "script" },
  ["store/db"] = { "attendance" },
  ["store/csv"] = { "store/db" },
  ["store/people"] = { "store/db" },
  ["store"] = { "store/people" }, -- store.c: codes, settings, calendars
  ["store/sheet"] = { "store" },
  ["store/import"] = { "store/sheet", "store/csv" },
  ["store/school"] = { "store/sheet", "store/csv" },
  ["store/case"] = { "store/sheet" },
  ["store/sql"] = { "store/import", "store/school", "store/case" },
  ["store/backup"] = { "store/import", "store/school", "store/case" },
  host = { "store/sql", "store/backup", "worker" },
}

-- The rooms of lua/waymark, and its modules that lie in none, lowest first: each uses only
-- what stands in a row before its own. The library for others ("waymark") is one of them;
-- commands are on top, under what finds them, and nobody's library.
local rows_of_lua = {
  { "base", "version" },
  { "store", "mustache", "manual" },
  { "plugin" },
  { "workspace", "ask", "exports", "returns" },
  { "case", "waymark" },
  { "suggest", "chronology", "mail" },
  { "today", "pupil", "document" },
  { "referral", "intake", "author" },
  { "kit" },
  { "commands/shared" },
  { "commands/plugin", "commands/import" },
  { "commands" },
  { "cli" },
}

-- What is not yet as it should be. Each has to be there still: who mends one takes it out.
local known = {
  ["files include"] = {},
  ["objects call"] = {},
  ["circles of objects"] = {},
  ["circles of modules"] = { ["lua/waymark"] = {}, ["lua/sdk"] = {} },
  ["names that collide"] = {},
  ["modules require"] = {},
  ["commands that use another"] = {},
}

-- Which outside headers a floor must not see.
local barred = {
  base = { "lua", "sqlite3", "csv", "jansson", "openssl/evp" },
  attendance = { "lua", "sqlite3", "csv", "jansson", "openssl/evp", "stdio_ext" },
  script = { "sqlite3", "csv" },
  store = { "lua", "lauxlib" },
  worker = { "sqlite3", "csv" },
  host = { "sqlite3", "csv" },
}

local function set(list)
  local found = {}
  for _, name in ipairs(list) do found[name] = true end
  return found
end

local function room_of(unit) return unit == "sdk_chunks" and "script" or unit:match "^(.*)/" end

local function sees(room, other)
  if room == other then return true end
  for _, below in ipairs(stands_on[room] or error("no place for the room " .. room)) do
    if sees(below, other) then return true end
  end
  return false
end

-- "a uses b" for each use that goes sideways or upwards.
local function arrows(of)
  local wrong = {}
  for unit, used in pairs(of) do
    for other in pairs(used) do
      if not sees(room_of(unit), room_of(other)) then wrong[#wrong + 1] = unit .. " uses " .. other end
    end
  end
  table.sort(wrong)
  return wrong
end

-- The modules of the host by their files, "case/init", each with those that it requires.
local function modules_of(top)
  local unit, of = {}, {}
  for _, path in ipairs(graph.files(top, "%.lua$")) do
    local file = path:sub(#top + 2, -5)
    local name = "waymark." .. file:gsub("/", ".")
    unit[name], unit[name:gsub("%.init$", "")] = file, file
  end
  for module, used in pairs(graph.requires(top, "waymark.")) do
    local from = unit[module]
    of[from] = {}
    for other in pairs(used) do of[from][unit[other] or from] = true end
  end
  return of
end

local function arrows_of_lua(of)
  local row = {}
  for i, rooms in ipairs(rows_of_lua) do
    for _, room in ipairs(rooms) do row[room] = i end
  end
  local function place(unit)
    local room = unit:match "^(.*)/" or unit == "init" and "waymark" or unit
    return row[room] or error("no place for the room " .. room), room
  end
  local wrong = {}
  for unit, used in pairs(of) do
    local own, room = place(unit)
    for other in pairs(used) do
      local below, others_room = place(other)
      if others_room ~= room and below >= own then wrong[#wrong + 1] = unit .. " uses " .. other end
    end
  end
  table.sort(wrong)
  return wrong
end

local function circles(of)
  local list = {}
  for i, circle in ipairs(graph.circles(of)) do list[i] = table.concat(circle, ", ") end
  return list
end

local build = os.getenv "WAYMARK_BUILD" or "build"

describe("the top of the tree", function()
  it("keeps nothing that a spec or a command left there", function()
    local list = "git ls-files | sed 's|/.*||' | grep -v '^[.]' | LC_ALL=C sort -u | tr '\\n' ' '"
    local listed <close> = assert(io.popen(list))
    assert.are.equal("CHANGELOG.md LICENSE Makefile README.md core examples lua plugins tests ", listed:read "a")
  end)
end)

describe("in core", function()
  it("files include only from their room and from those below", function()
    assert.same(known["files include"], arrows(graph.includes(".", "%.[ch]$")))
  end)

  it("objects call only into their room and those below", function()
    assert.same(known["objects call"], arrows(graph.objects(".", build)))
  end)

  it("no headers include each other in a circle", function()
    assert.same({}, circles(graph.includes(".", "%.h$")))
  end)

  it("no objects call each other in a circle", function()
    assert.same(known["circles of objects"], circles(graph.objects(".", build)))
  end)

  for floor, out in pairs(barred) do
    it(floor .. " does not see what belongs to another floor", function()
      local outside, wrong = set(out), {}
      for _, path in ipairs(graph.files("core/" .. floor, "%.[ch]$")) do
        for header in graph.read(path):gmatch "#include%s+<([%w_/]+)%.h>" do
          if outside[header] then wrong[#wrong + 1] = path .. " includes " .. header end
        end
      end
      assert.same({}, wrong)
    end)
  end

  it("every header of another file is named with its floor", function()
    local wrong = {}
    for _, path in ipairs(graph.files("core", "%.[ch]$")) do
      for included in graph.read(path):gmatch '#include%s+"([^"]+)"' do
        if not included:find "/" then wrong[#wrong + 1] = path .. " includes " .. included end
      end
    end
    assert.same({}, wrong)
  end)

  it("each header can be included alone, and all together", function()
    local top = folder.new()
    finally(function() folder.remove(top) end)
    local names, all = { top .. "/together.c" }, {}
    for i, path in ipairs(graph.files("core", "%.h$")) do
      all[i] = ('#include "%s"\n'):format(path:match "^core/(.*)$")
      names[i + 1] = ("%s/%d.c"):format(top, i)
      folder.write(names[i + 1], all[i])
    end
    folder.write(names[1], table.concat(all))
    local pipe = io.popen(("LC_ALL=C; export LC_ALL; env -u LD_PRELOAD gcc -fsyntax-only -std=c11 -D_GNU_SOURCE -Icore "
      .. "$(pkg-config --cflags lua5.4) %s 2>&1"):format(table.concat(names, " ")))
    local collide, said, status = {}, pipe:read "a", pipe:close()
    for name in said:gmatch "error: %l+ [^\n]-'([^'\n]+)'" do collide[name] = true end
    local list = {}
    for name in pairs(collide) do list[#list + 1] = name end
    table.sort(list)
    assert.same(known["names that collide"], list, said)
    assert.equal(#list == 0, status == true, said)
  end)
end)

-- That the checks above can fail: a tree in which base calls up and two files are a circle.
describe("a tree that is wrong", function()
  local top

  setup(function()
    top = folder.new()
    local function source(name, text)
      local path = ("%s/core/%s"):format(top, name)
      assert(os.execute(("mkdir -p '%s' '%s'"):format(path:match "^(.*)/", (path:match "^(.*)/":gsub("/core/",
        "/build/o/")))))
      folder.write(path, text)
    end
    source("base/low.c", '\n#include "store/db/high.h"\nint low(void);\nint low(void) { return high(); }\n')
    source("base/calls.c", "int low(void), high(void), calls(void);\nint calls(void) { return low() + high(); }\n")
    source("store/db/high.h", "int high(void);\n")
    source("store/db/high.c", "int high(void), other(void);\nint high(void) { return other(); }\n")
    source("store/db/other.c", "int high(void), other(void);\nint other(void) { return high(); }\n")
    assert(os.execute(("cd '%s/core' && for f in */*.c */*/*.c; do env -u LD_PRELOAD gcc -I. -c -o "
      .. "../build/o/${f%%.c}.o $f; done"):format(top)))
    -- Left of an earlier build: it has no source, and does not count.
    assert(os.execute(("cp '%s/build/o/base/calls.o' '%s/build/o/base/gone.o'"):format(top, top)))
  end)

  teardown(function() folder.remove(top) end)

  it("has includes upwards", function()
    assert.same({ "base/low uses store/db/high" }, arrows(graph.includes(top, "%.[ch]$")))
  end)

  it("has calls upwards, whether they are declared by a header or not", function()
    assert.same({ "base/calls uses store/db/high", "base/low uses store/db/high" },
      arrows(graph.objects(top, top .. "/build")))
  end)

  it("has a circle of calls", function()
    assert.same({ "store/db/high, store/db/other" }, circles(graph.objects(top, top .. "/build")))
  end)

  it("has a room that nobody placed", function()
    assert.error_matches(function() arrows { ["attic/box"] = { ["base/low"] = true } } end,
      "no place for the room attic")
  end)
end)

describe("the floors of Lua", function()
  local function requires(under)
    local found = {}
    for _, path in ipairs(graph.files(under, "%.lua$")) do
      for name in graph.read(path):gmatch "require%s*%(?%s*[\"']([%w_.-]+)" do found[#found + 1] = { path, name } end
    end
    return found
  end

  for under, as in pairs { ["lua/waymark"] = "waymark.", ["lua/sdk"] = "" } do
    it("the modules of " .. under .. " require each other in no circle", function()
      assert.same(known["circles of modules"][under], circles(graph.requires(under, as)))
    end)
  end

  it("the host's modules require only what is in their room, and in those below it", function()
    assert.same(known["modules require"], arrows_of_lua(modules_of "lua/waymark"))
  end)

  it("a command uses no other command", function()
    local wrong = {}
    for unit, used in pairs(modules_of "lua/waymark") do
      for other in pairs(unit:find "^commands/" and used or {}) do
        if other ~= unit and other:find "^commands/" and not other:find "^commands/shared/" then
          wrong[#wrong + 1] = unit .. " uses " .. other
        end
      end
    end
    table.sort(wrong)
    assert.same(known["commands that use another"], wrong)
  end)

  it("a tree that is wrong has arrows upwards and sideways, and rooms without a place", function()
    assert.same({ "case/a uses mail/b", "mail/b uses chronology/c", "plugin/d uses commands/e" }, arrows_of_lua {
      ["case/a"] = { ["case/f"] = true, ["mail/b"] = true, ["base/g"] = true },
      ["mail/b"] = { ["chronology/c"] = true, ["case/a"] = true },
      ["plugin/d"] = { ["commands/e"] = true },
    })
    assert.error_matches(function() arrows_of_lua { ["attic/box"] = {} } end, "no place for the room attic")
  end)

  it("the SDK requires only the SDK and the core", function()
    local modules, wrong = { core = true }, {}
    for module in pairs(graph.requires("lua/sdk", "")) do modules[module] = true end
    for _, each in ipairs(requires "lua/sdk") do
      if not modules[each[2]] and each[2] ~= "england" and each[2] ~= "essex.words" then
        wrong[#wrong + 1] = each[1] .. " requires " .. each[2]
      end
    end
    assert.same({}, wrong)
  end)

  it("plugins require only plugins that they name", function()
    local wrong = {}
    for _, each in ipairs(requires "plugins") do
      local own = each[1]:match "^plugins/([^/]+)/"
      local manifest = graph.read("plugins/" .. own .. "/plugin.lua")
      local is_spec = each[1]:find("/spec/", 1, true) -- a program of its own, with the kit
      local plugin = each[2]:match "^[^.]+" -- england.days is a file of england
      if plugin ~= own and not is_spec and not manifest:find('"' .. plugin .. '"', 1, true) then
        wrong[#wrong + 1] = each[1] .. " requires " .. each[2]
      end
    end
    assert.same({}, wrong)
  end)
end)
