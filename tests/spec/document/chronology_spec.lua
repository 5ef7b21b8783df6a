-- What happened for a pupil, for staff, a referral and the family: who sees what,
-- what is taken out, and that whatever a person wrote stays text.

local workspace = require "tests.support.workspace"
local core = require "waymark.core"

local pupils = [[
upn,surname,forename,dob,year,form,sex,sen,fsm
B801200005001,Byron,Ada,2015-04-03,5,5A,F,N,0
C801200005002,Marsh,Ben,2015-06-11,5,5A,M,N,0
D801200005003,Byron,Max,2017-06-11,3,3A,M,N,0
E801200005004,"O""Dell <script>alert(1)</script>","😀 Zoë",2015-01-09,5,5B,F,K,1
]]

local contacts = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,"
  .. "confidential_address,priority,email,phone,address\n" .. [[
B801200005001,Mrs,Annabella,Byron,mother,1,1,0,1,1,anna@example.org,07700 900111,"12 Secret Lane, Colchester"
B801200005001,Mr,George,Byron,father,1,0,1,0,2,george@example.org,07700 900112,"9 Harbour Road, Harwich"
B801200005001,Mrs,Pat,Green,neighbour,0,0,0,0,3,,07700 900113,"14 Mill Lane, Colchester"
C801200005002,Ms,Jo,Marsh,Step-mother,,,,,1,,,
C801200005002,Mrs,Ann,Marsh,Grandmother,,,,,2,,,
D801200005003,Mrs,Annabella,Byron,mother,1,1,0,1,1,anna@example.org,07700 900111,"12 Secret Lane, Colchester"
]]

local settings = workspace.essex .. 'staff { head = "Jo Marsh <jo@oakfield.example>" }\n'
local ada, zoe = "B801200005001", "E801200005004"
local now = "--now 2025-09-20T18:00Z "

local w

-- Record for Ada, by Sam Reed.
local function record(line) w:ok(now .. 'record "Ada Byron" ' .. line .. ' --by "Sam Reed"') end

-- The chronology in a format, and what was said beside it.
local function chronology(audience, format, who)
  local r = w:expect(0, ('%schronology "%s" --for %s --format %s'):format(now, who or "Ada Byron", audience, format))
  return r.out, r.err
end

local function data(audience) return assert(core.decode((chronology(audience, "json")))) end

local function titles(audience)
  local list = {}
  for i, each in ipairs(data(audience).entries) do list[i] = each.on .. " " .. each.title end
  return list
end

local function has(text, part) return text:find(part, 1, true) ~= nil end

local struck_text = "Overheard at the gate: a hidden matter"

setup(function()
  w = workspace.new { settings = settings, files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts,
    ["marks.csv"] = workspace.registers { [zoe] = { ["2025-09-08"] = "/ \\" },
      [ada] = workspace.with("2025-09-02", "2025-09-08", { ["2025-09-08"] = "N N" }) } } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("--now 2025-09-08T17:00Z import %s %s.csv"):format(kind, kind))
  end
  w:ok "--now 2025-09-08T18:00Z suggest"
  record [[absence-callback --on 2025-09-09 --outcome spoke --with mother --audience staff --note 'For staff alone']]
  record([[early-help --on 2025-09-12 --outcome not-engaged --with mother --audience referral ]]
    .. [[--note 'Max Byron and Ben Marsh came too; ]]
    .. [[ring 07700 900112 or write to george@example.org, 9 Harbour Road; Mrs Pat Green helps; not 12 Secret Lane']]
    .. [[ --set support='Max is collected by George Byron']])
  record([[initial-concern --on 2025-09-10 --outcome support-agreed --with mother --audience family ]]
    .. "--note 'A lift on Fridays'")
  record [[pupil-check-in --on 2025-09-15 --outcome spoke --with 'Mrs Green, the mother' --audience referral]]
  record [[notice-to-improve --on 2025-09-16 --with mother --set parent=mother --despite 'agreed with the authority']]
  record([[absence-callback --on 2025-09-11 --outcome spoke --audience family --note ']] .. struck_text .. "'")
  local rows = w:json [[sql "SELECT max(id) AS id FROM event WHERE kind = 'entry.recorded'"]]
  w:ok(('%scorrect "Ada Byron" %d --why "it was another child" --by "Jo Marsh"'):format(now, rows[1].id))
end)

teardown(function() w:remove() end)

describe("a chronology for staff", function()
  it("has everything in the order of its days, with what Waymark noticed", function()
    assert.same({ "2025-09-08 Suggested: Absence call-back", "2025-09-09 Absence call-back",
      "2025-09-10 Initial concern conversation", "2025-09-11 Absence call-back", "2025-09-12 Early help and support",
      "2025-09-15 Pupil check-in", "2025-09-16 Notice to Improve" }, titles "staff")
  end)

  it("says what an entry answered, with whom, by whom, and its number", function()
    local out = chronology("staff", "table")
    assert.truthy(has(out, "Tue 9 Sep 2025   Absence call-back: spoke  (entry"), out)
    assert.truthy(has(out, "with Mrs Annabella Byron, by Sam Reed"))
    assert.truthy(has(out, "Answers: Absence call-back"))
  end)

  it("says why an entry was recorded past a gate", function()
    local out = chronology("staff", "table"):gsub("%s+", " ")
    assert.truthy(out:find "Done although: .*%d of 10 half days.*; because: agreed with the authority", out)
  end)

  it("never has a confidential address", function()
    for _, format in ipairs { "table", "csv", "json", "html" } do
      assert.falsy(has(chronology("staff", format), "Secret Lane"), format)
    end
    assert.truthy(has(chronology("staff", "json"), "[confidential address]"))
  end)

  it("ends on the day that is asked for", function()
    local out = w:ok(now .. 'chronology "Ada Byron" --as-of 2025-09-09 --format csv')
    assert.truthy(has(out, "2025-09-09,"))
    assert.falsy(has(out, "2025-09-10,"))
  end)
end)

describe("what was struck out", function()
  it("is said to staff with who, when and why, and its text is gone from every page", function()
    local out = chronology("staff", "table"):gsub("%s+", " ")
    assert.truthy(has(out, "Struck out on Saturday 20 September 2025 by Jo Marsh because it was another child"), out)
    for _, audience in ipairs { "staff", "referral", "family" } do
      for _, format in ipairs { "table", "csv", "json", "html" } do
        assert.falsy(has(chronology(audience, format), "hidden matter"))
      end
    end
    assert.falsy(has(w:ok(now .. 'pupil "Ada Byron"'), "hidden matter"))
    assert.falsy(has(workspace.read(w.dir .. "/waymark.db"), "hidden matter"))
    w:ok "check"
  end)

  it("is not in the forms that leave the school", function()
    for _, audience in ipairs { "referral", "family" } do
      assert.falsy(has(chronology(audience, "json"), "2025-09-11"))
      assert.falsy(has(chronology(audience, "table"):lower(), "struck"))
    end
  end)
end)

describe("a chronology for a referral", function()
  it("has the entries for a referral and for the family, and says what is left out", function()
    assert.same({ "2025-09-10 Initial concern conversation", "2025-09-12 Early help and support",
      "2025-09-15 Pupil check-in", "2025-09-16 Notice to Improve" }, titles "referral")
    local out, err = chronology("referral", "table")
    assert.truthy(has(out, "2 entries are for staff only."), out)
    assert.truthy(has(err, "please read it before you give it away"))
    assert.falsy(has(out, "For staff alone"))
  end)

  it("has no detail of another adult, and no other child", function()
    for _, format in ipairs { "table", "csv", "json", "html" } do
      local out = chronology("referral", format)
      for _, part in ipairs { "07700", "example.org", "Harbour", "Secret Lane", "Mill Lane", "Pat Green", "George",
        "Max", "Ben Marsh" } do
        assert.falsy(has(out, part), format .. ": " .. part)
      end
    end
    local early = data("referral").entries[2]
    assert.equal("[another child] and [another child] came too; ring [phone number] or write to [e-mail], [address]; "
      .. "[another adult] helps; not [confidential address]", early.words[1].text)
    assert.equal("[another child] is collected by [another adult]", early.words[2].text)
    assert.equal("Mrs Annabella Byron", data("referral").entries[3].with)
  end)

  it("goes by the relationship where nothing else is known of a contact", function()
    w:ok(now .. 'record "Ben Marsh" initial-concern --on 2025-09-18 --outcome no-concern --with "Jo Marsh"'
      .. " --audience referral")
    w:ok(now .. 'record "Ben Marsh" pupil-check-in --on 2025-09-19 --outcome spoke --with "Ann Marsh"'
      .. " --audience referral")
    local copy = assert(core.decode((chronology("referral", "json", "Ben Marsh"))))
    assert.same({ "Ms Jo Marsh", nil, 1 }, { copy.entries[1].with, copy.entries[2], copy.left_out.other })
  end)

  it("names the parents who may be named, and the school's own staff", function()
    assert.equal("Mrs Annabella Byron", data("referral").entries[1].with)
    assert.equal("Sam Reed", data("referral").entries[1].by)
  end)

  it("says beside a CSV what that has no place for", function()
    local out, err = chronology("referral", "csv")
    assert.truthy(out:find "^date,entry,kind,step,what,outcome,with,words,by,audience\n2025%-09%-10,")
    assert.truthy(has(err, "2 entries are for staff only."))
  end)
end)

describe("a chronology for the family", function()
  it("has the family's entries alone, and says so", function()
    assert.same({ "2025-09-10 Initial concern conversation", "2025-09-16 Notice to Improve" }, titles "family")
    local out = chronology("family", "table")
    assert.truthy(has(out, "2 entries are for staff only."))
    assert.truthy(has(out, "2 entries are in the copy for a referral only."))
    assert.truthy(has(out, "A lift on Fridays"))
  end)
end)

describe("a chronology as a page", function()
  it("is plain HTML without a script, an outside file or an ISO date", function()
    for _, audience in ipairs { "staff", "referral", "family" } do
      local out = chronology(audience, "html")
      assert.truthy(out:find "^<!DOCTYPE html>\n<html lang=\"en%-GB\">")
      assert.truthy(has(out, '<meta charset="utf-8">'))
      assert.truthy(utf8.len(out))
      assert.falsy(has(out, "<script"))
      assert.falsy(out:find "https?://")
      assert.falsy(out:find "%d%d%d%d%-%d%d%-%d%d")
    end
    assert.truthy(has(chronology("family", "html"), "10 September 2025<small>Wednesday</small>"))
  end)

  it("keeps names and words with quotes, tags, emoji and terminal escapes as text", function()
    local file = w:file("note.sh", [["$PROGRAM" -C "$DIR" --now 2025-09-20T18:00Z record ]] .. zoe
      .. [[ initial-concern --on 2025-09-18 --outcome no-concern --audience family --by "<b>Sam</b>" ]]
      .. [[--note "$(printf 'red \033[31m <img src=x onerror=alert(1)> "q" & \047s\nnext line \342\200\256gone\n]]
      .. [[Item\tWho\r\nza\342\200\213ra \342\201\240\007.')"]])
    assert(os.execute(("PROGRAM='%s' DIR='%s' sh '%s' >/dev/null"):format(workspace.program(), w.dir, file)))
    local html = chronology("family", "html", zoe)
    assert.truthy(has(html, "<h1>Chronology of 😀 Zoë O&quot;Dell &lt;script&gt;alert(1)&lt;/script&gt;</h1>"), html)
    assert.truthy(has(html, "red [31m &lt;img src=x onerror=alert(1)&gt; &quot;q&quot; &amp; &#39;s<br>"
      .. "next line gone<br>Item Who<br>zara ."), html)
    assert.falsy(html:find "\\[xu]")
    for _, format in ipairs { "table", "html" } do
      local out = chronology("family", format, zoe)
      assert.falsy(has(out, "\27"), format)
      assert.falsy(has(out, "\u{202E}"), format)
    end
    assert.falsy(has(html, "<img"))
    assert.falsy(has(html, "<b>Sam"))
  end)

  it("goes to a file for its owner alone, in the format of its name", function()
    local out = w:ok(now .. 'chronology "Ada Byron" --for family -o ada.html')
    assert.truthy(has(out, "Written to ada.html"))
    assert.truthy(has(workspace.read(w.top .. "/ada.html"), "<h1>Chronology of Ada Byron</h1>"))
    assert.equal("-rw-------", io.popen(("ls -l '%s/ada.html'"):format(w.top)):read "a":sub(1, 10))
  end)
end)

describe("a name", function()
  it("that several pupils have is refused with the candidates", function()
    local err = w:expect(1, now .. "chronology Byron").err
    assert.truthy(has(err, "is not one pupil only"))
    assert.truthy(has(err, "Ada Byron") and has(err, "Max Byron"))
  end)

  it("that nobody has is refused", function()
    assert.truthy(has(w:expect(1, now .. "chronology Nobody").err, 'nobody is called "Nobody"'))
  end)
end)

describe("what was recorded in an older form", function()
  local old = [[
return step { title = "Contract", principle = "formalise", plan = true, outcomes = { "kept" }, records = { %s } }
]]
  local names = { "parties", "barriers", "actions", "attended_by", "review_dates", "signatures", "met_on", "visits",
    "parent", "agreed" }
  local types = { parties = "contacts", barriers = "list", actions = "actions", attended_by = "list",
    review_dates = "dates", signatures = "signatures", met_on = "date", visits = "number", parent = "contact",
    agreed = "yes-no" }
  local values = { parties = "Mrs Byron", barriers = "bus", actions = "Lift; Mrs Byron; 2025-10-03",
    attended_by = "the head", review_dates = "2025-10-03", signatures = "Mrs Byron; 2025-09-10",
    met_on = "2025-09-10", visits = "3", parent = "mother", agreed = "yes" }
  local v

  local function contract(kind_of)
    local records = {}
    for i, name in ipairs(names) do records[i] = ("%s = { type = %q }"):format(name, kind_of(name)) end
    v:file("w/plugins/local/steps/attendance-contract.lua", old:format(table.concat(records, ", ")))
  end

  setup(function()
    v = workspace.new { settings = settings:gsub('use "essex"', 'use "local"'), files = { ["pupils.csv"] = pupils,
      ["contacts.csv"] = contacts, ["marks.csv"] = workspace.registers { [ada] = { ["2025-09-08"] = "N N" } },
      ["w/plugins/local/init.lua"] = "return {}\n",
      ["w/plugins/local/plugin.lua"] = 'return { name = "local", version = "1", api = 2, extends = "essex",\n'
        .. '  reads = { "registers", "cases", "pupil.dob" }, consults = { "contacts" } }\n' } }
    for _, kind in ipairs { "pupils", "contacts", "marks" } do v:ok(("%simport %s %s.csv"):format(now, kind, kind)) end
  end)

  teardown(function() v:remove() end)

  local function record_all()
    local parts = {}
    for i, name in ipairs(names) do parts[i] = ("--set '%s=%s'"):format(name, values[name]) end
    v:ok(now .. 'record "Ada Byron" attendance-contract --audience family ' .. table.concat(parts, " "))
  end

  local function look()
    for _, audience in ipairs { "staff", "referral", "family" } do
      for _, format in ipairs { "table", "csv", "json", "html" } do
        local out = v:ok(('%schronology "Ada Byron" --for %s --format %s'):format(now, audience, format))
        assert.falsy(out:find "table: 0x" or out:find "function: ", audience .. " " .. format)
        assert.truthy(has(out, "bus") and has(out, "Lift"), audience .. " " .. format .. "\n" .. out)
      end
    end
    for _, line in ipairs { "today", "suggest", 'pupil "Ada Byron"', 'explain "Ada Byron" legal-decision', "check" } do
      v:ok(now .. line)
    end
  end

  it("is shown all the same: texts where lists are now, and lists where a text is now", function()
    contract(function() return "text" end)
    record_all()
    contract(function(name) return types[name] end)
    look()
    record_all()
    look()
    contract(function() return "text" end)
    look()
    v:file("w/plugins/local/steps/attendance-contract.lua", old:format "")
    look()
  end)
end)
