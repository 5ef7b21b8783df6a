-- Entries of cases in the store: the text apart from the event, struck out for good,
-- what they answer, and what `check` finds when somebody meddled with the file.

local core = require "waymark.core"
local events = require "waymark.store.events"
local folder = require "tests.support.folder"
local given = require "tests.support.import_store"
local sqlite = require "tests.support.sqlite"

before_each(given.open)
after_each(given.close)

local ADA, BEN = 1, 2 -- enrolments

local function path() return given.dir .. "/waymark.db" end

local function with(usual, more)
  for name, value in pairs(more or {}) do usual[name] = value end
  return usual
end

-- An open suggestion of Ada; -> the event that made it
local function suggest(more)
  return (assert(given.store:make_suggestion(with({ at = given.AT, on = "2026-03-02", enrolment = ADA,
    step = "call", concern = "streak from 2026-03-02 AM" }, more))))
end

local function event_of(more)
  return with({ kind = "entry.recorded", at = given.AT, on = "2026-03-03", enrolment = ADA, step = "call",
    by = "Sam Reed", data = { answers = core.array {} }, body = { note = "Has a cold." } }, more)
end

local function add(more) return assert(given.store:add_entry(event_of(more))) end

local function strike(of, more)
  return given.store:strike_entry(with({ of = of, at = given.AT + 60, on = "2026-03-04", enrolment = ADA,
    by = "Jo Marsh", data = { of = of, why = "wrong child" } }, more))
end

local answers = core.array { core.array { ADA, "call", "streak from 2026-03-02 AM" } }

local function state() return given.rows "SELECT state, ended FROM suggestion"[1] end

-- Close, meddle by another connection, open again; -> what `check` finds
local function after(sql)
  given.store:close()
  collectgarbage()
  assert(sqlite.run(path(), sql))
  given.store = assert(core.store.open(path(), "write"))
  return assert(given.store:check())
end

local function assert_finds(words, findings)
  for _, finding in ipairs(findings) do
    if finding:find(words, 1, true) then return end
  end
  error(("%q expected in: %s"):format(words, table.concat(findings, "; ")), 2)
end

describe("an entry", function()
  it("keeps its text apart: the event has a digest of it, and not a word", function()
    local id = add { body = { note = "Has a cold.", with = "Annabella Milbanke" } }
    local data = given.value("SELECT data FROM event WHERE id = " .. id)
    assert.is_nil(data:find("cold", 1, true))
    assert.equal(64, #core.decode(data).digest)
    local entry = events.entries(given.store, { kind = "entry." })[1]
    assert.same({ note = "Has a cold.", with = "Annabella Milbanke" }, entry.body)
    assert.same({ "2026-03-03", "entry.recorded", "call", "Sam Reed" }, { entry.on, entry.kind, entry.step, entry.by })
  end)

  it("has a salt of its own, so that the same words have another digest", function()
    local function digest(id) return core.decode(given.value("SELECT data FROM event WHERE id = " .. id)).digest end
    assert.are_not.equal(digest(add()), digest(add()))
  end)

  it("says what is wrong with a text or data that are no JSON, and keeps nothing", function()
    for _, wrong in ipairs { "{bad", "not JSON at all", "", [[{"a":1} x]], "null" } do
      local id, message = given.store:add_entry(event_of { body = wrong })
      assert.is_nil(id)
      assert.is_truthy(message:find("the body of an entry is not a JSON object", 1, true), message)
    end
    for _, wrong in ipairs { "{bad", "[1]" } do
      local id, message = given.store:add_entry(event_of { data = wrong })
      assert.is_nil(id)
      assert.is_truthy(message:find("the data of an entry is not a JSON object", 1, true), message)
    end
    assert.equal(0, given.value "SELECT count(*) FROM event")
  end)

  it("is not taken without an object for its text, a kind, or a pupil who is there", function()
    for _, wrong in ipairs { { body = "7" }, { body = "[]" }, { body = '"x"' }, { kind = "" }, { enrolment = 99 } } do
      local id, message = given.store:add_entry(event_of(wrong))
      assert.is_nil(id)
      assert.equal("string", type(message))
    end
    assert.equal(0, given.value "SELECT count(*) FROM event")
    assert.equal(0, given.value "SELECT count(*) FROM entry")
  end)

  it("says which of its parts is no JSON object", function()
    for _, text in ipairs { "{bad", "[]", "7", '{"a":1} x', "null", "" } do
      local _, message = given.store:add_entry(event_of { body = text })
      assert.equal("the body of an entry is not a JSON object", message)
      _, message = given.store:add_entry(event_of { data = text ~= "" and text or "{" })
      assert.equal("the data of an entry is not a JSON object", message)
    end
    assert.equal(0, given.value "SELECT count(*) FROM event")
  end)

  it("answers the open suggestions that it names", function()
    suggest()
    local id = add { data = { answers = answers } }
    assert.same({ "answered", id }, state())
    assert.same({}, given.store:check())
  end)

  it("leaves others open", function()
    suggest { concern = "another" }
    add { data = { answers = answers } }
    assert.equal("open", state()[1])
    assert.same({}, given.store:check())
  end)

  it("puts off, or leaves out", function()
    for kind, word in pairs { ["entry.put-off"] = "put-off", ["entry.bypassed"] = "bypassed" } do
      suggest { concern = word }
      add { kind = kind, data = { answers = core.array { core.array { ADA, "call", word } } } }
      assert.equal(word, given.value(("SELECT state FROM suggestion WHERE concern = '%s'"):format(word)))
    end
    assert.same({}, given.store:check())
  end)

  it("is never changed or removed, by whomever", function()
    add()
    given.store:close()
    collectgarbage()
    for sql, words in pairs {
      ["UPDATE event SET by = 'X'"] = "events are never changed",
      ["DELETE FROM event"] = "events are never removed",
      ["UPDATE entry SET body = '{}'"] = "struck out, never changed",
      ["DELETE FROM entry"] = "entries are never removed",
      ["UPDATE entry SET salt = x'00'"] = "struck out, never changed",
      ["UPDATE entry SET event = 9"] = "struck out, never changed",
      ["UPDATE event SET data = json_remove(data, '$.digest')"] = "events are never changed",
      ["INSERT OR REPLACE INTO entry SELECT event, salt, '{}' FROM entry"] = "entries are never",
      ["INSERT OR REPLACE INTO event (id, at, on_day, kind, pupil, school)"
        .. " SELECT id, at, on_day, kind, pupil, school FROM event"] = "events are never",
    } do
      local done, message = sqlite.run(path(), "PRAGMA recursive_triggers = ON;" .. sql)
      assert.is_nil(done, sql)
      assert.is_truthy(message:find(words, 1, true), sql .. ": " .. message)
    end
    given.store = assert(core.store.open(path(), "write"))
    assert.same({}, given.store:check())
  end)

  it("cannot be reached by a person's query", function()
    for _, sql in ipairs { "UPDATE event SET by = 'X'", "DELETE FROM entry", "DROP TRIGGER event_kept" } do
      local columns, message = given.store:query(sql)
      assert.is_nil(columns)
      assert.is_truthy(message:find("would do more than read", 1, true))
    end
  end)
end)

describe("an entry that is struck out", function()
  it("has no text any more; who struck it out, when and why stays", function()
    local of = add()
    local by = assert(strike(of))
    local entry = events.entries(given.store, { kind = "entry.recorded" })[1]
    assert.is_nil(entry.body)
    assert.same({ of, by, "2026-03-04", "Jo Marsh", "wrong child" },
      { entry.id, entry.struck, entry.struck_on, entry.struck_by, entry.struck_why })
    assert.same({}, given.store:check())
  end)

  it("opens again what it had answered, and nothing else", function()
    suggest()
    suggest { concern = "second" }
    local of = add { data = { answers = answers } }
    local other = add { data = { answers = core.array { core.array { ADA, "call", "second" } } } }
    assert(strike(of))
    assert.same({ { "second", "answered", other }, { "streak from 2026-03-02 AM", "open" } },
      given.rows "SELECT concern, state, ended FROM suggestion ORDER BY concern")
    assert.same({}, given.store:check())
    add { data = { answers = answers } } -- and may be answered anew
    assert.same({}, given.store:check())
  end)

  it("is struck out once, and only as an entry of that pupil", function()
    local of = add()
    for _, wrong in ipairs { { of = 99 }, { enrolment = BEN } } do
      local done, message = strike(wrong.of or of, wrong)
      assert.is_nil(done)
      assert.is_truthy(message:find("is not one of this pupil's", 1, true))
    end
    assert(strike(of))
    assert.is_nil((strike(of)))
    assert.equal(1, given.value "SELECT count(*) FROM event WHERE kind = 'entry.corrected'")
  end)

  it("is seen with its text by nobody, not even as it was known before", function()
    local of = add()
    assert(strike(of))
    local entry = events.entries(given.store, { kind = "entry.recorded", known_at = given.AT })[1]
    assert.is_nil(entry.body)
    assert.is_nil(entry.struck)
  end)

  -- The words that are still somewhere in the file or its log.
  local function left(count)
    local text, found = folder.read(path()), {}
    local log = io.open(path() .. "-wal", "rb")
    if log then
      text = text .. log:read "a"
      log:close()
    end
    for i = 1, count do
      if text:find(("SECRET%04d!"):format(i), 1, true) then found[i] = true end
    end
    return found
  end

  it("is gone from the bytes of the file, wherever its page went meanwhile", function()
    local ids, count = {}, 80
    for i = 1, count do -- short and long, so that pages are split and some texts need pages of their own
      local long = ("z"):rep(i * 37 % 300 + (i % 13 == 0 and 9000 or 0))
      ids[i] = add { body = { note = ("SECRET%04d!"):format(i) .. long .. ("SECRET%04d!"):format(i) } }
    end
    for i = 1, count, 2 do assert(strike(ids[i])) end
    given.store:close()
    collectgarbage()
    local found = left(count)
    for i = 1, count do assert.equal(i % 2 == 0, found[i] == true, i) end
    given.store = assert(core.store.open(path(), "write"))
    assert.same({}, given.store:check())
  end)
end)

describe("check", function()
  local free = "DROP TRIGGER event_kept; DROP TRIGGER event_unchanged;"
    .. "DROP TRIGGER entry_kept; DROP TRIGGER entry_unchanged;"

  it("finds a text that was changed", function()
    local id = add()
    assert_finds(("the text of entry %d is not what was recorded"):format(id),
      after(free .. [[UPDATE entry SET body = replace(body, 'cold', 'hangover')]]))
  end)

  it("finds a text that was taken away without a word", function()
    local id = add()
    assert_finds(("the text of entry %d is not what was recorded"):format(id), after "UPDATE entry SET body = NULL")
  end)

  it("finds a text that was put back after it was struck out", function()
    local id = add()
    assert(strike(id))
    assert_finds(("the text of entry %d"):format(id), after(free .. [[UPDATE entry SET body = '{"note":"x"}']]))
  end)

  it("finds another salt or digest", function()
    local id = add()
    assert_finds(("the text of entry %d"):format(id), after(free .. "UPDATE entry SET salt = zeroblob(length(salt))"))
    assert_finds(("the text of entry %d"):format(id),
      after("UPDATE event SET data = json_set(data, '$.digest', '00')"))
  end)

  it("finds a text whose row is gone", function()
    local id = add()
    assert_finds(("the text of entry %d"):format(id), after(free .. "DELETE FROM entry"))
  end)

  it("finds suggestions that are not what their events say", function()
    suggest()
    add { data = { answers = answers } }
    for _, sql in ipairs { "UPDATE suggestion SET state = 'open', ended = NULL",
      "UPDATE suggestion SET state = 'lapsed'", "UPDATE suggestion SET ended = made", "DELETE FROM suggestion" } do
      local kept = given.rows "SELECT state, made, ended FROM suggestion"[1]
      assert_finds("Ada Able: the suggestion call (streak from 2026-03-02 AM) is not what its events say", after(sql))
      assert.same({}, after(([[INSERT OR REPLACE INTO suggestion (enrolment, step, concern, state, made, ended)
        VALUES (1, 'call', 'streak from 2026-03-02 AM', '%s', %d, %d)]]):format(kept[1], kept[2], kept[3])))
    end
  end)

  it("finds them at each stay of a pupil, though the words are the same", function()
    assert.same({}, after "INSERT INTO enrolment (pupil, school) SELECT pupil, school FROM enrolment WHERE id = 1")
    suggest()
    suggest { enrolment = given.rows "SELECT max(id) FROM enrolment"[1][1] }
    assert.equal(2, #after "UPDATE suggestion SET state = 'lapsed'")
  end)

  it("finds an event that was moved to another pupil", function()
    local id = add()
    assert_finds(("event %d (entry.recorded) is not with the pupil and school of its enrolment"):format(id),
      after(free .. "UPDATE event SET pupil = 2"))
  end)

  it("finds a striking out that was moved to another pupil", function()
    local id = add()
    assert(strike(id))
    local findings = after(free .. "UPDATE event SET pupil = 2, enrolment = 2 WHERE kind = 'entry.corrected'")
    assert_finds(("the text of entry %d is not what was recorded"):format(id), findings)
  end)

  it("finds a day of a calendar, or an amendment, that is no date; a calendar with one is not used", function()
    given.marks(("881/2345,%s,2026-03-02,AM,/\n"):format(given.ADA))
    given.marks(("881/2345,%s,2026-03-02,AM,N\n"):format(given.ADA))
    for _, day in ipairs { -2147483648, -25568, 84006, 9223372036854775807 } do
      assert_finds(("the calendar of 881/2345 has a day of no date (%d)"):format(day),
        after(("INSERT INTO calendar_day VALUES (1, %d, 1, 1)"):format(day)))
      local days, message = given.store:days(1)
      assert.is_nil(days)
      assert.is_truthy(message:find("a day of no date", 1, true), message)
      local report, why = given.import("marks", given.MARKS .. ("881/2345,%s,2026-03-03,AM,/\n"):format(given.ADA))
      assert.is_nil(report)
      assert.is_truthy(why:find("a day of no date", 1, true), why)
      after "DELETE FROM calendar_day"
    end
    assert_finds("an amendment of no half day (9999999999)", after "UPDATE amendment SET session = 9999999999")
  end)
end)
