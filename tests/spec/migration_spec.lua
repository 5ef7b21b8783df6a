-- A database of version 1 (fixtures/workspace-v1.sql) is brought to this version by
-- the first command that changes something, whole or not at all, and keeps every row.

local folder = require "tests.support.folder"
local kill = require "tests.fault.kill"
local sqlite = require "tests.support.sqlite"
local workspace = require "tests.support.workspace"

local settings = [[
school { name = "Oakfield Primary School", laestab = "881/2345", phase = "primary" }
year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
}
use "england"
use "essex"
]]

local now = " --now 2025-09-19T18:00Z"

local function database(w) return w.dir .. "/waymark.db" end

local function sql(w, text) return assert(sqlite.run(database(w), text)) end

local function version(w) return tonumber(sql(w, "PRAGMA user_version")) end

-- A workspace as the program of version 1 left it.
local function old()
  local w = workspace.new { settings = settings }
  assert(os.execute(("rm -f '%s'*"):format(database(w))))
  sql(w, folder.read "tests/fixtures/workspace-v1.sql")
  return w
end

-- The tables of version 1; what they hold, but for the cache and what a run adds.
local tables = { "settings", "code", "import", "school", "calendar_day", "pupil", "enrolment", "contact", "slot",
  "sheet", "coverage", "amendment", "run", "run_failure", "event", "suggestion" }

local function content(w)
  local parts = {}
  for _, name in ipairs(tables) do
    local columns = sql(w, ("SELECT group_concat('quote(' || name || ')') FROM pragma_table_info('%s')"):format(name))
    parts[#parts + 1] = name .. "\n" .. sql(w, ("SELECT %s FROM %s ORDER BY 1, 2, 3"):format(columns, name))
  end
  return table.concat(parts, "\n")
end

describe("a workspace of version 1", function()
  local w

  before_each(function() w = old() end)
  after_each(function() w:remove() end)

  it("is what it says", function()
    assert.equal(1, version(w))
    local text = content(w)
    for _, words in ipairs { "'suggestion.lapsed'", "'suggestion.made'", "'O''Marsh'", "'Čapek'", "'Sam Reed'",
      "'lapsed'" } do
      assert.is_truthy(text:find(words, 1, true), words)
    end
  end)

  it("is refused by a command that only reads, which says what to do", function()
    local was = content(w)
    for _, line in ipairs { "figures", "check", "explain Ada absence-callback", 'sql "SELECT 1"' } do
      local err = w:expect(1, line).err
      assert.is_truthy(err:find("older Waymark (data version 1)", 1, true), err)
      assert.is_truthy(err:find("run any changing command once", 1, true))
    end
    assert.equal(1, version(w))
    assert.equal(was, content(w))
  end)

  it("is migrated by a changing command, and keeps every row", function()
    local was = content(w)
    w:ok("suggest --as-of 2025-09-12" .. now) -- before the last run: records nothing
    assert.is_true(version(w) >= 2)
    assert.equal(was, content(w))
    w:ok "check"
  end)

  it("is migrated by a dry run too, which keeps every row", function()
    local was = content(w)
    w:ok("suggest --dry-run" .. now)
    assert.equal(was, content(w))
    w:ok "check"
  end)

  it("goes on as if it had always been of this version", function()
    w:ok("suggest" .. now)
    assert.is_truthy(w:ok("suggest" .. now):find("0 new suggestions, 0 lapsed", 1, true))
    local out = w:ok('record B801200005001 absence-callback --outcome spoke --note "Well again."' .. now)
    assert.is_truthy(out:find("Recorded for Ada Byron", 1, true))
    w:ok("record D801200005003 absence-callback --outcome spoke" .. now)
    assert.is_truthy(sql(w, "SELECT state FROM suggestion WHERE enrolment = 3"):find "answered")
    w:ok "check"
  end)

  it("can be backed up as it is, and the backup restored as of this version", function()
    local was = content(w)
    w:ok "backup copy"
    assert.equal(1, version(w))
    w:ok "restore copy new"
    w.dir = w.top .. "/new"
    assert.is_true(version(w) >= 2)
    assert.equal(was, content(w))
    w:ok "check"
  end)
end)

describe("a migration that is interrupted", function()
  it("leaves version 1, or this one, and the next command completes it", function()
    local function state(each)
      return version(each) .. content(each) .. sql(each, "SELECT name FROM sqlite_schema ORDER BY 1")
    end
    local c = kill.new(old(), "suggest --as-of 2025-09-12" .. now, { state = state })
    finally(function() c:remove() end)
    local rounds = tonumber(os.getenv "ROUNDS") or 4
    local killed = c:killed(rounds)
    assert.is_true(killed.before > 0 and killed.after > 0)
    c.steps = true -- what comes after the migration may be refused by itself
    assert.is_true(c:full(rounds).refused > 0)
    c.w:ok "check"
  end)
end)

describe("a workspace of a newer version", function()
  it("is refused by every command, and stays as it is", function()
    local w = old()
    finally(function() w:remove() end)
    w:ok("suggest --as-of 2025-09-12" .. now)
    sql(w, "PRAGMA user_version = 99")
    local was = content(w)
    for _, line in ipairs { "figures", "suggest", "check", "backup copy" } do
      local err = w:expect(1, line).err
      assert.is_truthy(err:find "newer Waymark %(data version 99, this one knows %d+%); update Waymark", err)
    end
    assert.equal(99, version(w))
    assert.equal(was, content(w))
  end)
end)
