-- What `import` is given: several files, folders, standard input; all of it is taken in, or nothing.

local files = require "waymark.base.files"
local lfs = require "lfs"
local workspace = require "tests.support.workspace"

local pupils = "upn,surname,forename\nA1,Byron,Ada\nA2,Moss,Ben\n"

local function marks(day, code) return ("upn,date,session,code\nA1,%s,AM,%s\nA2,%s,AM,/\n"):format(day, code, day) end

local w
local function count() return tonumber(w:ok 'sql --format csv "SELECT count(*) FROM mark"':match "(%d+)\n$") end
local function code(day)
  local query = "SELECT code FROM mark WHERE upn = 'A1' AND date = '%s'"
  return w:ok(('sql --format csv "%s"'):format(query:format(day))):match "(%S+)\n$"
end

local function at(name, time) assert(os.execute(("touch -d '%s' '%s/%s'"):format(time, w.top, name))) end

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = pupils, ["mon.csv"] = marks("2025-09-08", "N"),
    ["tue.csv"] = marks("2025-09-09", "N"), ["wrong.csv"] = "upn,surname\nA1,Byron\n",
    ["left.csv"] = marks("2025-09-08", "N") .. "B7,2025-09-08,AM,/\n",
    ["down/b.csv"] = marks("2025-09-10", "N"), ["down/a.csv"] = marks("2025-09-10", "I"),
    ["down/c.csv.part"] = "upn", ["down/.d.csv"] = "upn", ["down/notes.docx"] = "PK", ["empty/notes.docx"] = "PK" } }
  w:ok "import pupils pupils.csv --now 2025-09-08T09:00"
end)
teardown(function() w:remove() end)

local now = " --now 2025-09-12T16:00"

describe("several files", function()
  it("are taken in together, or none of them is", function()
    local err = w:expect(1, "import marks left.csv wrong.csv" .. now).err
    assert.truthy(err:find('wrong.csv', 1, true), err)
    assert.are.equal(0, count())
    assert.are.same({}, files.names(w.dir .. "/left-out"))
    local out = w:ok("import marks mon.csv tue.csv" .. now)
    assert.truthy(out:find("mon.csv, UTF-8, 2 rows", 1, true), out)
    assert.truthy(out:find("\n\nTook in marks of Tue 9 Sep 2025\n", 1, true), out)
    assert.are.equal(4, count())
  end)

  it("give a list of reports as JSON, and one file its report", function()
    local two = w:json("import --format json marks mon.csv tue.csv" .. now)
    assert.are.same({ 2, 2, 2 }, { #two, two[1].unchanged, two[2].unchanged })
    assert.are.equal(2, w:json("import marks mon.csv --format json" .. now).unchanged)
  end)
end)

describe("a folder", function()
  it("gives its files, the one that was changed last last; none that is half copied, or no export", function()
    at("down/b.csv", "2025-09-10 16:00")
    at("down/a.csv", "2025-09-10 17:00")
    local list = w:json("import marks down --format json" .. now)
    assert.are.same({ 2, "b.csv", "a.csv" }, { #list, list[1].file, list[2].file })
    assert.are.equal("I", code "2025-09-10")
    local err = w:expect(1, "import marks empty").err
    assert.truthy(err:find("empty has no file to take in; their names end in .csv", 1, true), err)
  end)
end)

describe("standard input", function()
  local function piped(line)
    return select(3, os.execute(("cd '%s' && cat tue.csv mon.csv | '%s' -C w %s%s >.out 2>.err"):format(w.top,
      workspace.program(), line, now)))
  end

  it("is read as a file, of which nothing is left; nor of what a command that was killed left", function()
    local lost = w.dir .. "/.input/" .. ("0"):rep(32)
    assert(os.execute(("mkdir -p '%s'"):format(lost)))
    workspace.write(lost .. "/standard-input", "of a child")
    workspace.write(lost .. ".lock", "")
    assert.are.equal(0, piped "import marks -") -- the second heading line is passed over
    local out = workspace.read(w.top .. "/.out")
    assert.truthy(out:find("standard input, UTF-8, 4 rows", 1, true), out)
    assert.is_nil(lfs.attributes(w.dir .. "/.input"))
    assert.truthy(w:ok 'sql --format csv "SELECT file FROM import ORDER BY id DESC LIMIT 1"':find "standard%-input\n$")
  end)

  it("is there once", function()
    assert.are.equal(1, piped "import marks - -")
    assert.truthy(workspace.read(w.top .. "/.err"):find("standard input (-) is there once; name it once", 1, true))
    assert.is_nil(lfs.attributes(w.dir .. "/.input"))
  end)
end)
