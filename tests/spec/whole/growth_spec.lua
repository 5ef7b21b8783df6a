-- What grows with what there is, and no faster: many small schools, one case of very many entries, a name
-- that everybody has. Work is counted (tests/support/work.c), not timed: from a size to twice it, and
-- from there to twice that, twice as much may be added.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

local consults = core.sdk "consult"

local sizes = { 100, 200, 400 }
local now = " --now 2026-03-13T18:00Z"
local top, preload -- a folder, words of sh

setup(function()
  top = folder.new()
  assert(os.execute(("env -u LD_PRELOAD gcc -std=c11 -D_GNU_SOURCE -O1 -shared -fPIC $(pkg-config --cflags lua5.4)"
    .. " -o '%s/work.so' tests/support/work.c"):format(top)))
  preload = ("WORK='%s/work' LD_PRELOAD=\"${LD_PRELOAD:+$LD_PRELOAD }%s/work.so\""):format(top, top)
end)
teardown(function() folder.remove(top) end)

-- What a command line does: { lua, sqlite = in hundreds of instructions, memory = in KB, out, err }
local function work(w, line)
  local path = top .. "/work"
  os.remove(path)
  local r = w:run(line .. now, preload)
  assert(r.status ~= 2, line .. ": " .. r.err)
  local lua, sqlite, memory = workspace.read(path):match "(%d+) (%d+) (%d+)"
  return { lua = tonumber(lua), sqlite = tonumber(sqlite), memory = tonumber(memory), out = r.out, err = r.err }
end

-- That a figure grows in proportion: three of them, each of twice the size of that before.
local function is_proportional(what, a, b, c)
  local added, more = math.max(b - a, 20), c - b
  local said = "%s: %d, %d, %d: what was added is not twice as much but %.1f times"
  assert(more <= 2.3 * added, said:format(what, a, b, c, more / added))
end

local function each_grows(all, line)
  local found = {}
  for i, w in ipairs(all) do found[i] = work(w, line) end
  for _, name in ipairs { "lua", "sqlite" } do
    is_proportional(line .. ", " .. name, found[1][name], found[2][name], found[3][name])
  end
  return found
end

local function lines(heading, n, line)
  local list = { heading }
  for i = 1, n do list[i + 1] = line(i) end
  return table.concat(list, "\n") .. "\n"
end

describe("many small schools", function()
  local all, imports = {}, {}

  setup(function()
    for i, n in ipairs(sizes) do
      local w = workspace.new { settings = (workspace.essex:gsub("school {[^\n]*\n", "")), files = {
        ["schools.csv"] = lines("school,name", n, function(k) return ("S%d,School %d"):format(k, k) end),
        ["pupils.csv"] = lines("school,upn,surname,forename,dob", 2 * n, function(k)
          return ("S%d,P%d,Moss,Ben,2015-05-01"):format((k + 1) // 2, k)
        end),
        ["marks.csv"] = lines("school,upn,date,session,code", 4 * n, function(k)
          return ("S%d,P%d,2026-03-13,%s,%s"):format((k + 3) // 4, (k + 1) // 2, k % 2 == 0 and "PM" or "AM",
            k % 2 == 0 and "\\" or "/")
        end),
      } }
      all[i] = w
      w:ok("import schools schools.csv" .. now)
      w:ok("import pupils pupils.csv" .. now)
      imports[i] = work(w, "import marks marks.csv")
    end
  end)
  teardown(function()
    for _, w in ipairs(all) do w:remove() end
  end)

  it("are imported in proportion, and a school takes a few KB", function()
    is_proportional("import marks", imports[1].sqlite, imports[2].sqlite, imports[3].sqlite)
    local each = (imports[3].memory - imports[1].memory) / (sizes[3] - sizes[1])
    assert.is_true(each < 13 or os.getenv "PRELOAD" ~= "", ("%.1f KB a school"):format(each))
  end)

  it("are suggested for, listed, looked through and asked about in proportion", function()
    for _, line in ipairs { "suggest", "suggest --dry-run", "today", "check", "figures --format csv", "pupil P7" } do
      each_grows(all, line)
    end
  end)

  it("have a list each that is no longer for how many there are", function()
    local found = each_grows(all, "today --school S7")
    assert.is_true(found[3].lua < 1.2 * found[1].lua + 200)
  end)

  it("whose pupils all have one name are not all named, and how many more there are is said", function()
    local said = work(all[3], "pupil Ben")
    assert.is_truthy(said.err:find("and at least 180 more", 1, true))
    assert.is_true(#said.err < 2000)
    assert.is_truthy(work(all[1], "pupil P7").out:find("Ben Moss", 1, true))
    assert.is_truthy(work(all[1], "pupil p7").out:find("Ben Moss", 1, true))
  end)
end)

describe("a case of very many entries", function()
  local all = {}

  setup(function()
    for i, n in ipairs(sizes) do
      local w = workspace.new { files = {
        ["pupils.csv"] = "upn,surname,forename,dob\nADA,Byron,Ada,2015-05-01\nBEN,Moss,Ben,2015-05-01\n",
        ["marks.csv"] = workspace.registers { ADA = workspace.with("2026-03-09", "2026-03-13",
          { ["2026-03-13"] = "N N" }), BEN = workspace.with("2026-03-09", "2026-03-13", {}) },
        ["entries.csv"] = lines("upn,date,step,outcome,note", 2 * n, function(k)
          return ("ADA,2026-02-%02d,absence-callback,spoke,Has a cold %d"):format(k % 5 + 2, k)
        end),
      } }
      all[i] = w
      w:ok("import pupils pupils.csv" .. now)
      w:ok("import marks marks.csv" .. now)
    end
  end)
  teardown(function()
    for _, w in ipairs(all) do w:remove() end
  end)

  it("comes in, comes in again, is looked at and recorded for in proportion", function()
    for _, line in ipairs { "import entries entries.csv", "import entries entries.csv", "suggest", "today",
      "pupil ADA", "chronology ADA", "explain ADA absence-callback",
      "record ADA absence-callback --outcome spoke --on 2026-03-13" } do
      each_grows(all, line)
    end
  end)

  -- A message to a worker holds 16 MB.
  it("that is longer than a plugin can be told of has its latest told, which is said; nobody goes without", function()
    local w, note = all[1], ("a cold "):rep(1300)
    w:file("long.csv", lines("upn,date,step,outcome,note", 2000, function(k)
      return ("ADA,2026-02-%02d,absence-callback,spoke,%s%d"):format(k % 5 + 9, note, k)
    end))
    w:file("marks.csv", workspace.registers { BEN = { ["2026-03-13"] = "N N" } })
    w:ok("import entries long.csv" .. now)
    w:ok("import marks marks.csv" .. now)
    local r = w:expect(0, "suggest" .. now)
    assert.matches("Ben Moss\n  Absence call%-back", r.out)
    assert.equal("waymark: the case of Ada Byron has 2,201 entries; steps were told of the latest that fit into 2 MB\n",
      r.err)
  end)

  it("is shown by its latest entries on the page of the pupil, which says how many there are before", function()
    local page = all[1]:ok("pupil ADA" .. now)
    assert.is_true(work(all[1], "pupil ADA").lua < 0.6 * work(all[1], "chronology ADA").lua)
    assert.is_truthy(page:find("\n  2,001 entries before these; all of them: waymark chronology\n", 1, true))
    assert.equal(200, select(2, page:gsub("Absence call%-back: spoke", "")))
  end)

  it("costs nobody else anything but on a list of all", function()
    local found = each_grows(all, "pupil BEN")
    assert.is_true(found[3].lua < 1.1 * found[1].lua)
  end)
end)

describe("notices that run", function()
  local all = {}

  setup(function()
    for i, n in ipairs { 50, 100, 200 } do
      local by_pupil, contacts = {}, "upn,title,forename,surname,relationship,parental_responsibility,lives_with\n"
      for k = 1, n do
        by_pupil["P" .. k] = workspace.with("2026-03-09", "2026-03-13", { ["2026-03-12"] = "O O" })
        contacts = contacts .. ("P%d,Mrs,Ann,Moss,mother,yes,yes\n"):format(k)
      end
      local w = workspace.new { files = { ["contacts.csv"] = contacts, ["marks.csv"] = workspace.registers(by_pupil),
        ["pupils.csv"] = lines("upn,surname,forename,dob", n, function(k)
          return ("P%d,Moss,Ben,2015-05-01"):format(k)
        end),
        ["entries.csv"] = lines("upn,date,step,parent,with", 2 * n, function(k)
          local step, parent = k > n and "absence-callback" or "notice-to-improve", k > n and "" or "mother"
          return ("P%d,2026-03-%02d,%s,%s,mother"):format((k - 1) % n + 1, k > n and 13 or 9, step, parent)
        end) } }
      all[i] = w
      for _, kind in ipairs { "pupils", "contacts", "marks", "entries" } do
        w:ok(("import %s %s.csv"):format(kind, kind) .. now)
      end
    end
  end)
  teardown(function()
    for _, w in ipairs(all) do w:remove() end
  end)

  it("are on the list in proportion", function()
    local found = each_grows(all, "today")
    assert.is_truthy(found[3].out:find("Periods that run", 1, true))
  end)
end)

describe("what one parent must not know of", function()
  -- Instructions of hiding a field of each of so many entries, which is done in a worker.
  local function hiding(n)
    local case, hidden = {}, {}
    for i = 1, n do
      case[i], hidden[i] = { id = i, note = "Has a cold" }, { id = i, note = true }
    end
    local count = 0
    debug.sethook(function() count = count + 1 end, "", 100)
    consults.ask({ fills = function() return {} end }, { case = case }, {}, { what = "fills", hidden = hidden })
    debug.sethook()
    assert.is_nil(case[n].note)
    return count
  end

  it("is taken out of a case in proportion to its entries", function()
    is_proportional("hidden", hiding(500), hiding(1000), hiding(2000))
  end)
end)
