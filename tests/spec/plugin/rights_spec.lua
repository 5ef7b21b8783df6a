-- What a plugin may do in people's names, in plain words: whom it writes to, what it cannot pass
-- for, and what is said of it.

local core = require "waymark.core"
local plugins = require "tests.support.plugins"

local w

-- A plugin `teller` with these rights that does one thing for each new suggestion.
local function teller(sends, does, api)
  plugins.write(w, "teller", ('api = %d, reads = { "registers" }, sends = { %s }'):format(api or 3, sends),
    { ["init.lua"] = ('on("suggestion.made", function(event, pupil) return %s end)'):format(does) })
end

local function suggest(options) return w:run("suggest --format json" .. (options or " --dry-run") .. plugins.day) end

setup(function()
  w = plugins.school()
  plugins.use(w, 'staff { head = "Jo Marsh <jo@oakfield.example>" } use "england" use "local" use "teller"')
  plugins.write(w, "local", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
    ["steps/visit.lua"] = plugins.visit '"away"' })
end)
teardown(function() w:remove() end)

local TO_STAFF = 'mail { to = staff "head", data = { why = event.reason } }'
local TO_FAMILY = "mail { to = contacts { lives_with = true }, data = { why = event.reason } }"

describe("a message", function()
  it("to staff and to families are two rights; mail is both, at every level", function()
    local function is_fine(...)
      teller(...)
      local r = suggest()
      assert.same({ 0, "" }, { r.status, r.err })
    end
    is_fine('"mail-staff"', TO_STAFF)
    is_fine('"mail-family"', TO_FAMILY)
    is_fine('"mail"', ("{ %s, %s }"):format(TO_STAFF, TO_FAMILY), 1)
    for _, each in ipairs { { '"mail-staff"', TO_FAMILY, "mail-family" }, { '"mail-family", "note"', TO_STAFF,
      "mail-staff" } } do
      teller(each[1], each[2])
      local r = suggest()
      assert.equal(3, r.status)
      local words = ('the plugin may not send "%s"; add it to sends in plugin.lua'):format(each[3])
      assert.truthy(r.err:find(words, 1, true), r.err)
      assert.truthy(w:run("plugin check teller").out:find(('this asks for "%s", which the plugin may not'):format(
        each[3]), 1, true))
    end
    teller('"mail-staff"', TO_STAFF, 2)
    assert.truthy(suggest().err:find('teller/plugin.lua: sends: "mail-staff" came with API level 3; write api = 3', 1,
      true))
    teller('"webhook"', TO_STAFF)
    assert.truthy(suggest().err:find('no effect "webhook"; there are: mail, note, follow-up, mail-staff, mail-family',
      1, true))
    teller('"mail"', TO_STAFF)
    assert.truthy(w:run("plugin check teller").out:find('"mail" is a right to write to staff and to families, and one '
      .. 'is used; write "mail-staff"', 1, true))
  end)

  it("to contacts says whom, at every level", function()
    for api = 1, 3 do
      teller('"mail"', "mail { to = contacts {}, data = { why = event.reason } }", api)
      assert.truthy(suggest().err:find("contacts should say whom: contacts { parental_responsibility = true }", 1,
        true))
    end
  end)
end)

describe("what a step records", function()
  it("does not pass for what an entry says itself", function()
    teller('"note"', 'note { text = "x" }')
    for _, record in ipairs { 'by = "text"', 'note = { type = "text" }', 'outcome = "text"',
      'who = { type = "text", title = "By" }', 'who = { type = "text", title = "Recorded by" }',
      'who = { type = "text", title = "By " }', 'who = { type = "text", title = "B\u{FD}:" }',
      'who = { type = "text", title = "Out-come" }', '["Recorded_by"] = "text"' } do
      plugins.write(w, "local", 'api = 3, reads = { "registers" }', { ["init.lua"] = plugins.map,
        ["steps/visit.lua"] = plugins.visit('"away"', "records = { " .. record .. " },") })
      local err = suggest().err
      assert.truthy(err:find("an entry has its own by, note and outcome; give it another name and title", 1, true), err)
    end
    plugins.write(w, "local", 'reads = { "registers" }', { ["steps/visit.lua"] = plugins.visit '"away"' })
  end)

  it("is titled in Latin letters, since others can look like them", function()
    local function titled(title)
      plugins.write(w, "local", 'api = 3, reads = { "registers" }', { ["init.lua"] = plugins.map,
        ["steps/visit.lua"] = plugins.visit('"away"', ('records = { who = { type = "text", title = "%s" } },'):format(
          title)) })
      return suggest()
    end
    -- Cyrillic, Greek and both mixed with Latin; small capitals, letters of mathematics, a mark that shows nothing
    for _, title in ipairs { "\u{412}\u{443}", "\u{392}\u{3A5}", "B\u{443}", "N\u{43E}te", "\u{299}y", "\u{1D401}y",
      "B\u{2060}y", "\u{1D2E}y" } do
      local r = titled(title)
      local is_said = r.err:find("write its name and title in Latin letters", 1, true)
        or r.err:find("an entry has its own by, note and outcome", 1, true) or r.err:find("one line", 1, true)
      assert.truthy(is_said, title .. r.err)
    end
    for _, title in ipairs { "Barn’s önskan – ½ day", "Ð, ß & Łódź: “what”…", "Ymweliad â’r tŷ, £5 × 2" } do
      local r = titled(title)
      assert.same({ 0, "" }, { r.status, r.err }, title)
    end
    plugins.write(w, "local", 'reads = { "registers" }', { ["steps/visit.lua"] = plugins.visit '"away"' })
  end)

  it("may be called note up to level 2, and no plugin fills it", function()
    for _, record in ipairs { 'note = "text"', 'note = { type = "text", title = "By" }' } do
      local fields = ('records = { %s }, complete = function() return { note = "x" } end,'):format(record)
      plugins.write(w, "local", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
        ["steps/visit.lua"] = plugins.visit('"away"', fields) })
      local r = w:run("record A1 visit --by Sam --dry-run --now 2026-03-21T10:00Z")
      assert.truthy(r.err:find('"note" is what a person says of an entry; a plugin does not work it out', 1, true),
        r.err)
      assert.truthy(r.out:find("Would record", 1, true), r.out)
    end
    plugins.write(w, "local", 'reads = { "registers" }', { ["steps/visit.lua"] = plugins.visit '"away"' })
  end)
end)

describe("a note", function()
  it("says which plugin wrote it, and so does a review to come", function()
    teller('"note", "follow-up"', '{ note { text = "told" }, follow_up { step = "visit", on = "2026-04-20" } }')
    assert.equal(0, suggest("").status)
    for _, line in ipairs { "pupil A1", "chronology A1" } do
      local out = w:ok(line .. " --now 2026-03-21T10:00Z")
      assert.truthy(out:find("A note by the plugin teller", 1, true), out)
      assert.truthy(out:find("To be looked at again, says the plugin teller", 1, true), out)
    end
  end)
end)

it("a hook that may write to families hears of each pupil as if of no other", function()
  for step, sends in pairs { talk = '"note"', call = '"mail-family", "note"' } do
    plugins.write(w, "local", 'reads = { "registers" }', { ["init.lua"] = plugins.map:gsub("visit", step),
      [("steps/%s.lua"):format(step)] = plugins.visit '"away"' })
    teller(sends, [[nil end) local heard = {} on("suggestion.made", function(event, pupil)
      heard[#heard + 1] = event.reason return note { text = event.step .. ", heard of " .. #heard }]])
    assert.equal(0, suggest("").status)
    local notes = {}
    for i, upn in ipairs { "A1", "B1" } do
      notes[i] = w:ok("pupil " .. upn .. " --now 2026-03-21T10:00Z"):match(step .. ", heard of (%d)")
    end
    assert.same(step == "talk" and { "1", "2" } or { "1", "1" }, notes)
  end
end)

describe("plugin info", function()
  it("says in words what a plugin may ask for, and of what it is told", function()
    teller('"mail-family"', TO_FAMILY)
    local out = w:ok "plugin info teller"
    assert.truthy(out:find("  - messages to parents and other contacts, never to anybody marked “no contact”: Waymark "
      .. "writes them to a folder", 1, true), out)
    assert.truthy(out:find("Is told when:\n  - a step is suggested for a pupil that was not suggested before\n", 1,
      true), out)
  end)
end)

it("complete sees of the case what whoever may read the entry may", function()
  local function visit(records)
    local step = ([[audience = "family", records = { %s }, complete = function(_, case)
      local seen
      for _, entry in ipairs(case:entries()) do
        if entry.fields and not seen then seen = ("%%s, %%s"):format(entry.note, entry.fields.kept) end
      end
      return { kept = seen, told = seen } end,]]):format(records)
    plugins.write(w, "local", 'api = 3, reads = { "registers", "cases" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = plugins.visit('"away"', step) })
  end
  local function recorded(more)
    w:ok("record B1 visit --by Sam --now 2026-03-21T10:00Z " .. more)
    local rows = w:json 'sql "SELECT body FROM entry ORDER BY event DESC LIMIT 1"'
    return core.decode(rows[1].body).fields
  end
  visit 'told = "text", kept = { type = "text", audience = "staff" }'
  recorded "--on 2026-03-20 --audience staff --note precious --set kept=secret --set told=x"
  assert.same({ kept = "nil, nil", told = "nil, nil" }, recorded "")
  assert.same({ kept = "nil, nil", told = "x" }, recorded "--set told=x") -- what speaks against it is read with it
  assert.same({ kept = "precious, secret", told = "precious, secret" }, recorded "--audience staff")
end)
