-- waymark letter: documents for a pupil, one for each parent; who is written to, what
-- holds a letter back, in which language it is, and what is kept of it. The road map is one
-- of the specs' own, so that its words may change.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local CAL, ADA = "A801200001001", "B801200001002"
local pupils = "upn,surname,forename,dob,year,form,sex,sen,fsm\n"
  .. CAL .. ",Byron,Cal,2014-03-03,6,6B,M,N,0\n" .. ADA .. ",Moss,Ada,2016-05-05,4,4A,F,N,0\n"
local contacts = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,"
  .. "confidential_address,priority,email,phone,address,language\n" .. CAL
  .. ',Mrs,Anne,Byron,mother,1,1,0,0,1,anne@example.org,07700 900111,"7 Elm Street, Chelmsford, CM2 7BB",Polish\n'
  .. CAL
  .. ',Mr,George,Byron,father,1,0,0,1,2,george@example.org,07700 900112,"99 Secret Road, Maldon",\n' .. CAL
  .. ',Mr,Vic,Stone,stepfather,1,1,1,0,3,vic@example.org,07700 900113,"4 Gone Close",\n' .. CAL
  .. ',Mrs,Rose,Moor,grandmother,0,0,0,0,4,rose@example.org,07700 900114,"5 Far Lane",Klingon\n'

local settings = [[
school { name = "Oakfield Primary School", laestab = "881/2345", phase = "primary", address = "1 Oak Lane, Chelmsford",
  phone = "01245 555010", head = "Jo Marsh" }
year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
  term { "2026-01-05", "2026-03-27", half_term = { "2026-02-16", "2026-02-20" } },
}
staff { attendance_officer = "Sam Reed <sam@oakfield.example>", head = "Jo Marsh <jo@oakfield.example>" }
use "england"
use "map"
]]

local notice = [[
local england = require "england"
return step { title = "Notice", principle = "formalise", each_parent = true, period = school_weeks(6),
  records = { parent = { type = "contact" }, period_from = { type = "date" } },
  documents = { "notice" }, outcomes = { "improved" },
  gate = function(pupil) return pupil:rolling(england.national):why_not() end }
]]
local help = [[
return step { title = "Help", principle = "facilitate", plan = true, audience = "family",
  records = { actions = { type = "actions" }, met_on = { type = "date" }, support = { type = "text" },
    agreed = { type = "text" }, parties = { type = "contacts" } },
  documents = { "hello", "form", "over" }, outcomes = { "working", "not-taken-up" } }
]]
local talk = [[
return step { title = "Talk", principle = "listen", audience = "family", outcomes = { "spoke" },
  documents = { "said" }, fills = function() return { known = "yes", empty = "" } end }
]]

local letter_head = "<p>{{parent.name}}{{#parent.address}}|{{line}}{{/parent.address}}</p>\n"
  .. "<p>Dear {{parent.salutation}}</p>\n"
local templates = {
  hello = "{{! title: A hello }}\n" .. letter_head
    .. "<p>{{pupil.forename}}, {{pupil.form}}: {{figures.attended}} of {{figures.possible}}, {{figures.rate}}</p>\n"
    .. "{{#support}}<p>{{on}}: {{title}} {{outcome}} {{words}}</p>\n{{/support}}"
    .. "{{#has_refused}}<p>Again:{{#refused}} {{title}}: {{words}}{{/refused}}</p>\n{{/has_refused}}"
    .. "<p>{{contact.name}}, {{contact.role}}, {{contact.phone}}; {{signed.name}}; by {{wrong_mark_by}}</p>\n",
  ["hello.pl"] = letter_head .. "<p>Witaj</p>\n",
  notice = letter_head .. "<p>{{period.from}} to {{period.to}}, {{period.length}}; {{threshold.count}} of "
    .. "{{threshold.of}} in {{threshold.weeks}}</p>\n"
    .. "<ul>{{#threshold.sessions}}<li>{{words}}</li>{{/threshold.sessions}}</ul>\n",
  form = "<p>{{#parents}}{{name}}; {{/parents}}</p>\n<ul>{{#absences}}<li>{{words}}: {{meaning}}</li>{{/absences}}"
    .. "</ul>\n<ul>{{#entry.actions}}<li>{{what}}, {{owner}}, {{by}}{{#family}} (family){{/family}}</li>"
    .. "{{/entry.actions}}</ul>\n<p>{{#entry.parties}}{{item}}, {{/entry.parties}}</p>\n",
  said = "<p>{{words.known}}{{#words.absent}}{{words.absent}}{{/words.absent}}</p>",
  over = "{{! needs: outcome }}<p>{{entry.outcome}} {{entry.met_on}}</p>",
}

local now = "--now 2025-11-21T17:00Z "
local w

local function write_map(manifest)
  plugins.write(w, "map", manifest or [[requires = { "england" }, reads = { "registers", "cases" },
    consults = { "contacts", "pupil.name", "pupil.groups" }]], { ["init.lua"] = [[
      return { road_map = { "talk", "help", "notice" }, lists = { no_reason = "N", reason_within_days = 5 } }]],
    ["steps/notice.lua"] = notice, ["steps/help.lua"] = help, ["steps/talk.lua"] = talk })
end

local function write_template(name, text) w:file("w/plugins/map/templates/" .. name .. ".html", text) end

-- Cal is away on the mornings of ten Tuesdays, without leave (DESIGN, E4).
local function marks()
  local days = {}
  for _, day in ipairs { "09-09", "09-16", "09-23", "09-30", "10-07", "10-14", "10-21", "11-04", "11-11", "11-18" } do
    days["2025-" .. day] = "O \\"
  end
  return workspace.registers { [CAL] = workspace.with("2025-09-02", "2025-11-21", days),
    [ADA] = workspace.with("2025-09-02", "2025-11-21", {}) }
end

-- Made once; each spec works on a copy.
local first

setup(function()
  w = workspace.new { settings = settings, files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts,
    ["marks.csv"] = marks() } }
  write_map()
  for name, text in pairs(templates) do write_template(name, text) end
  for _, kind in ipairs { "pupils", "contacts", "marks" } do w:ok(("%simport %s %s.csv"):format(now, kind, kind)) end
  assert(os.execute(("mkdir '%s/out'"):format(w.top)))
  first = w
end)

teardown(function() first:remove() end)

before_each(function()
  w = setmetatable({ top = folder.new() }, workspace)
  w.dir = w.top .. "/w"
  assert(os.execute(("cp -a '%s/.' '%s/'"):format(first.top, w.top)))
end)

after_each(function() w:remove() end)

local function letter(line, status) return w:expect(status or 0, now .. "letter Cal " .. line) end
local function read(name) return workspace.read(w.top .. "/out/" .. name) end
local function has(text, part) return text:find(part, 1, true) ~= nil end

local function rows(query) return w:json(('sql "%s"'):format(query)) end

local function refused(line, words)
  local err = letter(line, 1).err
  assert.is_true(has(err, words), err)
  assert.are.equal(1, select(2, err:gsub("\n", "")))
end

describe("a letter", function()
  it("takes the place of no file that somebody edited or that is of another child", function()
    local path = w.top .. "/one.html"
    folder.write(path, "another child's")
    refused("form -o one.html", "one.html is there already; choose another name")
    assert.equal("another child's", folder.read(path))
    assert.equal(0, w:json("sql \"SELECT count(*) AS n FROM event WHERE kind = 'rendered'\"")[1].n)
    os.remove(path)
    letter "form -o one.html"
    letter("form -o one.html") -- the same bytes
  end)

  it("is one for each parent, with that parent's address and nobody else's", function()
    letter "hello -o out"
    local hers, his = read "cal-byron-hello-mrs-byron.html", read "cal-byron-hello-mr-byron.html"
    assert.is_true(has(hers, "<p>Mrs Anne Byron|7 Elm Street|Chelmsford|CM2 7BB</p>"), hers)
    assert.is_true(has(hers, "Dear Mrs Byron"))
    assert.is_true(has(his, "<p>Mr George Byron</p>"), his)
    for _, text in ipairs { hers, his } do
      for _, other in ipairs { "07700", "example.org", "Secret", "Gone", "Stone", "Moor", "Ada" } do
        assert.is_false(has(text, other), other)
      end
    end
    assert.is_false(has(his, "Elm Street"))
    assert.is_false(has(hers, "George"))
  end)

  it("has the figures of the registers, whom to ask, and by when to say that a mark is wrong", function()
    letter "hello -o out --parent father"
    local text = read "cal-byron-hello-mr-byron.html"
    assert.is_true(has(text, "Cal, 6B: 94 of 104, 90.38 %"), text)
    assert.is_true(has(text, "Sam Reed, attendance officer, 01245 555010; Sam Reed; by Friday 28 November 2025"), text)
  end)

  it("has no confidential address, not even the parent's own, and says so", function()
    local out = letter("hello -o out --parent father").out
    assert.is_false(has(read "cal-byron-hello-mr-byron.html", "Secret"))
    assert.is_true(has(out, "the address is confidential and not in it; give it by hand"), out)
  end)

  it("goes to no parent with whom there is to be no contact", function()
    refused("hello -o out --parent Stone", "Mr Vic Stone: there is to be no contact")
    refused("hello -o out --parent Stone --despite 'he asked'", "no contact")
  end)

  it("goes to somebody who is no parent only when somebody says why", function()
    refused("hello -o out --parent grandmother", "is not on record as having parental responsibility")
    letter "hello -o out --parent grandmother --despite 'has care of him since October'"
    assert.is_true(has(read "cal-byron-hello-mrs-moor.html", "Dear Mrs Moor"))
    refused("hello -o out --parent Byron", '"Byron" may be Mrs Anne Byron or Mr George Byron')
    refused("hello -o out --parent Nobody", 'Cal Byron has no contact "Nobody"; there are: Mrs Anne Byron')
  end)

  it("tells of support that the family may see, and offers again what was not taken up", function()
    w:ok(now .. "record Cal help --with father --on 2025-10-01 --outcome not-taken-up"
      .. " --note 'A lift, with Ada Moss, 07700 900113'")
    w:ok(now .. "record Cal help --with father --on 2025-10-08 --outcome working --audience staff"
      .. " --note 'Not for the family'")
    local out = letter("hello -o out --parent father").out
    local text = read "cal-byron-hello-mr-byron.html"
    local words = "Wednesday 1 October 2025: Help not taken up A lift, with [another child], [phone number]"
    assert.is_true(has(text, words), text)
    assert.is_true(has(text, "Again: Help: A lift"), text)
    assert.is_false(has(text, "Not for"))
    assert.is_true(has(out, "1 entry of support not in it: for staff alone"), out)
  end)

  -- DOMAIN, "Notice to Improve": support given so far, with earlier refusals re-offered.
  it("lists support whose words are for a referral alone: when, what, and what came of it", function()
    w:ok(now .. "record Cal help --with father --on 2025-10-01 --audience referral --set 'support=A family worker'")
    w:ok(now .. "record Cal help --with father --on 2025-11-05 --outcome not-taken-up --audience referral"
      .. " --note 'They were cross'")
    w:ok(now .. "record Cal talk --with father --on 2025-11-06 --outcome spoke --audience referral --note 'Mornings'")
    local out = letter("hello -o out --parent father").out
    local text = read "cal-byron-hello-mr-byron.html"
    for _, line in ipairs { "<p>Wednesday 1 October 2025: Help  </p>",
      "<p>Wednesday 5 November 2025: Help not taken up </p>", "<p>Thursday 6 November 2025: Talk spoke </p>",
      "<p>Again: Help: </p>" } do
      assert.is_true(has(text, line), line .. " is not in " .. text)
    end
    for _, word in ipairs { "family worker", "cross", "Mornings" } do assert.is_false(has(text, word), word) end
    assert.is_true(has(out, "the words of 3 entries of support not in it: not meant for the family"), out)
  end)

  it("says of support for the family what it was, what was agreed and who does it", function()
    w:ok(now .. "record Cal help --with father --on 2025-10-01 --note 'We met.' --set 'support=Breakfast club' "
      .. "--set 'agreed=Try it, not with Ada Moss' --set 'actions=Ring the bus; Mrs Byron; 2025-10-08'")
    w:ok(now .. "record Cal help --with father --on 2025-11-05 --outcome not-taken-up")
    letter "hello -o out --parent father"
    -- On offer again is what the school can offer: nothing that the family was to do, no day that is past.
    local text, words = read "cal-byron-hello-mr-byron.html", "We met.<br>Breakfast club<br>Try it, not with "
      .. "[another child]<br>Ring the bus (Mrs Byron, by Wednesday 8 October 2025)</p>"
    assert.is_true(has(text, "Wednesday 1 October 2025: Help  " .. words), text)
    assert.is_true(has(text, "<p>Wednesday 5 November 2025: Help not taken up </p>"), text)
    assert.is_true(has(text, "<p>Again: Help: Breakfast club</p>"), text)
  end)

  it("is held back while nothing is to be sent", function()
    w:ok(now .. "hold Cal --until 2025-12-01 --ask 'the head' --on 2025-11-20")
    refused("hello -o out", "nothing is to be sent for Cal Byron until Monday 1 December 2025; ask the head first")
    letter "hello -o out --despite 'the head agreed'"
    local kept = rows("SELECT json_extract(n.body, '$.despite') AS why FROM event v JOIN entry n ON n.event = v.id "
      .. "WHERE v.kind = 'entry.rendered'")
    assert.are.equal("the head agreed", kept[1].why)
  end)
end)

describe("a form", function()
  it("is one for all, with names and no addresses, half days in words and never a code", function()
    w:ok(now .. "record Cal help --on 2025-10-01 --set 'actions=Ring the bus; Mrs Byron; 2025-10-08'"
      .. " --set 'actions=Meet him at the door; Mr Hall; 2025-10-06'")
    letter "form -o out"
    local text = read "cal-byron-form.html"
    assert.is_true(has(text, "<p>Mrs Anne Byron; Mr George Byron; </p>"), text)
    assert.is_true(has(text, "<li>Tuesday 9 September 2025, morning: absent, not authorised by the school</li>"), text)
    assert.is_true(has(text, "<li>Ring the bus, Mrs Byron, Wednesday 8 October 2025 (family)</li>"), text)
    assert.is_true(has(text, "<li>Meet him at the door, Mr Hall, Monday 6 October 2025</li>"), text)
  end)
end)

describe("half days", function()
  it("of one day are one line where the same is said of them", function()
    w:file("whole.csv", "upn,date,session,code\n" .. CAL .. ",2025-09-09,PM,O\n" .. CAL .. ",2025-09-16,PM,U\n")
    w:ok(now .. "import marks whole.csv")
    letter "form -o out"
    local text = read "cal-byron-form.html"
    assert.is_true(has(text, "<li>Tuesday 9 September 2025, morning and afternoon: absent, not authorised"), text)
    assert.is_true(has(text, "<li>Tuesday 16 September 2025, morning: absent, not authorised"), text)
    assert.is_true(has(text, "<li>Tuesday 16 September 2025, afternoon: arrived after the register closed</li>"), text)
  end)
end)

describe("a parent of a plan", function()
  it("is named as people say it, when it can be nobody else", function()
    w:ok(now .. "record Cal help --on 2025-10-01 --set 'parties=Mrs Byron' --set 'parties=Mrs Moor'")
    letter "form -o out"
    assert.is_true(has(read "cal-byron-form.html", "<p>Mrs Anne Byron, Mrs Rose Moor, </p>"))
  end)
end)

describe("a notice", function()
  it("of 20 November from Monday 24 November runs six school weeks, to Friday 16 January 2026 (E5)", function()
    refused("notice -o out", "Notice is not recorded yet for Mrs Anne Byron, so that its days are not known")
    w:ok(now .. "record Cal notice --on 2025-11-20 --set parent=mother --set period_from=2025-11-24")
    letter "notice -o out"
    local text = read "cal-byron-notice-mrs-byron.html"
    assert.is_true(has(text, "Monday 24 November 2025 to Friday 16 January 2026, 6 school weeks; 10 of 10 in 10"), text)
    assert.are.equal(10, select(2, text:gsub("<li>Tuesday [^<]+, morning</li>", "")))
  end)

  it("goes to those who have one, and is about their own", function()
    w:ok(now .. "record Cal notice --on 2025-11-20 --set parent=mother --set period_from=2025-11-24")
    assert.is_false(has(letter("notice -o out").out, "George"))
    refused("notice -o out --parent father", "not recorded yet for Mr George Byron")
    w:ok(now .. "record Cal notice --on 2025-11-21 --set parent=father --set period_from=2025-12-01")
    letter "notice -o out"
    assert.is_true(has(read "cal-byron-notice-mr-byron.html", "Monday 1 December 2025 to"))
    assert.is_true(has(read "cal-byron-notice-mrs-byron.html", "Monday 24 November 2025 to"))
  end)

  it("is asked about its own day: it stands when the window moves on, not when a mark was changed", function()
    w:ok(now .. "record Cal notice --on 2025-11-20 --set parent=mother --set period_from=2025-11-24")
    w:ok "--now 2025-12-19T12:00Z letter Cal notice -o out"
    w:file("undone.csv", "upn,date,session,code\n" .. CAL .. ",2025-09-09,AM,M\n")
    w:ok(now .. "import marks undone.csv")
    refused("notice -o out", "Notice on 2025-11-20: 9 of 10 half days in 10 school weeks; if it is sent all the same")
    letter "notice -o out --despite 'the mark is disputed'"
  end)

  it("about an outcome waits for the outcome", function()
    w:ok(now .. "record Cal help --on 2025-10-01 --set met_on=2025-09-30")
    refused("over -o out", "Over says what came of something, and no outcome is recorded")
    w:ok(now .. "record Cal help --on 2025-11-05 --outcome working")
    letter "over -o out"
    assert.are.equal("working Tuesday 30 September 2025", read "cal-byron-over.html":match "<p>([^<]+)</p>")
  end)
end)

it("a step that fills in its document sees of the case what its reader may read, and no more", function()
  write_map [[api = 3, requires = { "england" }, reads = { "registers", "cases" },
    consults = { "contacts", "pupil.name", "pupil.groups" }]]
  w:file("w/plugins/map/steps/talk.lua", [[
    return step { title = "Talk", principle = "listen", audience = "family", outcomes = { "spoke" },
      documents = { "said" }, records = { lead = { type = "text", audience = "staff" } },
      fills = function(pupil, case, entry)
        local said = { entry.note, entry.fields.lead }
        for _, list in ipairs { case:entries(), pupil.case } do
          for _, each in ipairs(list) do
            local fields = each.fields or {}
            said[#said + 1] = table.concat({ each.step, each.note or "", fields.lead or "", fields.support or "" }, "/")
          end
        end
        return { known = table.concat(said, "; ") }
      end }]])
  w:ok(now .. "record Cal help --on 2025-10-01 --audience staff --note Quiet --set support=Theirs")
  w:ok(now .. "record Cal talk --on 2025-11-05 --outcome spoke --note Ours --set lead=Hush")
  letter "said -o out"
  local said = read "cal-byron-said.html":match "<p>([^<]+)</p>"
  assert.are.equal("Ours; help///; talk/Ours//; help///; talk/Ours//", said)
end)

describe("a parent's language", function()
  it("comes first, with the English after it on a new page", function()
    local out = letter("hello -o out --parent mother").out
    local text = read "cal-byron-hello-mrs-byron.html"
    assert.is_true(has(out, "in Polish, with the English one after it"), out)
    local theirs, english = text:find("Witaj", 1, true), text:find("Cal, 6B", 1, true)
    assert.is_true(theirs < english)
    assert.is_true(has(text, '<div lang="en-GB" dir="ltr" style="page-break-before: always">'))
    assert.are.equal(1, select(2, text:gsub("</html>", "")))
  end)

  it("is English where there is none, and says so", function()
    assert.is_true(has(letter("form -o out --language Urdu").out, "in English: there is none in Urdu"))
    for _, name in ipairs { "TÜRKÇE", "turkce", "tr" } do
      local out = letter(("form -o out --language %s"):format(name)).out
      assert.is_true(has(out, "in English: there is none in Turkish"), out)
    end
    assert.is_true(has(letter("hello -o out --parent Moor --despite x").out, "in English: there is none in Klingon"))
    refused("hello -o out --parent mother --language Polsh", '"Polsh" is no language, did you mean "Polish"?')
    assert.is_false(has(letter("hello -o out --parent mother --language en").out, "Polish"))
  end)

  it("is looked at with the English one after it: no text of one becomes a tag of the other", function()
    write_template("hello", letter_head .. "<p>It's' style='background: url(//x.example/{{pupil.name}})' lang='en</p>")
    write_template("hello.pl", letter_head .. "<p title='</body>'>Witaj</p>")
    refused("hello -o out --parent mother", "map/templates/hello.pl.html, filled in, line ")
    assert.is_nil(io.open(w.top .. "/out/cal-byron-hello-mrs-byron.html"))
    letter "hello -o out --parent mother --language en"
  end)
end)

describe("what was made", function()
  it("is kept with the case under its digest, as the very bytes of the copy", function()
    letter "hello -o out --parent mother --by 'Sam Reed'"
    local row = rows("SELECT v.by AS by, n.body AS body FROM event v JOIN entry n ON n.event = v.id "
      .. "WHERE v.kind = 'entry.rendered'")[1]
    local body = type(row.body) == "string" and core.decode(row.body) or row.body
    local bytes = read "cal-byron-hello-mrs-byron.html"
    assert.are.equal("Sam Reed", row.by)
    assert.are.equal(core.system.sha256(bytes), body.file.digest)
    assert.are.equal(bytes, workspace.read(w.dir .. "/" .. body.file.path))
    assert.are.equal("hello", body.fields.document)
    assert.are.equal("pl", body.fields.language)
    assert.are.equal("Mrs Anne Byron", body.fields.parent)
  end)

  it("is looked at by check, which finds a kept copy that was changed or is gone; the next makes it anew", function()
    local function kept()
      return rows("SELECT n.body ->> '$.file.path' AS path FROM entry n JOIN event v ON v.id = n.event "
        .. "WHERE v.kind = 'entry.rendered'")[1].path
    end
    letter "hello -o out --parent mother"
    local path, bytes = kept(), read "cal-byron-hello-mrs-byron.html"
    local whole = w.dir .. "/" .. path
    w:ok "check"
    workspace.write(whole, bytes:sub(1, -2) .. "?")
    assert.is_true(has(w:expect(1, "check").err, path .. ", made with entry 1, is not what was made"))
    assert.is_true(has(w:expect(1, "backup copy").err, path .. ", made with entry 1, is not what was made; look at"))
    workspace.write(whole, "")
    letter "hello --parent mother -o again.html"
    assert.are.equal(bytes, workspace.read(whole))
    w:ok "check"
    os.remove(whole)
    assert.is_true(has(w:expect(1, "check").err, path .. ", made with entry 1, is not there"))
  end)

  it("is nothing in a dry run", function()
    assert.is_true(has(letter("hello -o out --dry-run").out, "Would make A hello for Cal Byron to Mrs Anne Byron"))
    assert.is_nil(io.open(w.top .. "/out/cal-byron-hello-mrs-byron.html"))
    assert.are.same({}, rows "SELECT id FROM event WHERE kind = 'entry.rendered'")
  end)

  it("never takes the place of a letter that somebody has changed", function()
    letter "form -o out"
    letter "form -o out"
    assert.is_nil(io.open(w.top .. "/out/cal-byron-form-2.html"))
    workspace.write(w.top .. "/out/cal-byron-form.html", "mine")
    letter "form -o out"
    assert.are.equal("mine", read "cal-byron-form.html")
    assert.is_true(has(read "cal-byron-form-2.html", "Tuesday 9 September"))
  end)

  it("is not kept when it cannot be written", function()
    refused("form -o none/out", "cannot make the folder none/out")
    refused("hello -o x.html", "there are 2 letters, one for each parent; say a folder with -o, or which parent")
    assert.are.same({}, rows "SELECT id FROM event WHERE kind = 'entry.rendered'")
    letter "hello --parent father -o x.html"
    assert.is_true(has(workspace.read(w.top .. "/x.html"), "Dear Mr Byron"))
  end)
end)

describe("a folder for letters", function()
  it("is made when it is not there yet, for one letter and for several", function()
    letter "hello --dry-run -o letters"
    assert.is_nil(io.open(w.top .. "/letters"))
    letter "hello -o letters"
    letter "form -o out/2025/"
    for _, name in ipairs { "letters/cal-byron-hello-mrs-byron.html", "letters/cal-byron-hello-mr-byron.html",
      "out/2025/cal-byron-form.html" } do
      assert.is_true(#workspace.read(w.top .. "/" .. name) > 0, name)
    end
  end)

  it("is gone again when the letter cannot be written", function()
    local files = require "waymark.base.files"
    local document_letter = require "waymark.commands.letter"
    local write = files.write
    finally(function() files.write = write end)
    files.write = function(path, ...) -- luacheck: ignore 122
      if path:find "/letters/" then return nil, "is the disk full?" end
      return write(path, ...)
    end
    local ok, raised = pcall(document_letter.run, { folder = w.dir, who = "Cal", document = "form", now = 1764082800,
      output = w.top .. "/letters" })
    assert.is_false(ok)
    assert.are.equal("is the disk full?", type(raised) == "table" and raised.message or raised)
    assert.is_nil(io.open(w.top .. "/letters"))
  end)
end)

describe("the list of documents", function()
  it("says whom each is to, and in which languages it is", function()
    local list = w:json(now .. "letter Cal --list")
    local names = {}
    for i, each in ipairs(list) do names[i] = each.name end
    assert.are.same({ "said", "hello", "form", "over", "notice" }, names)
    assert.are.equal("Mrs Anne Byron, Mr George Byron", list[2].whom)
    assert.are.equal("pl", list[2].languages)
    assert.are.equal("one for all", list[3].whom)
  end)

  it("names the nearest of a document that is not there", function()
    refused("helo -o out", 'the road map has no document "helo"; did you mean "hello"?')
  end)
end)

describe("a template with a fault", function()
  it("is named with its line and the nearest name", function()
    write_template("hello", "Dear {{parent.salutation}}\n{{pupil.forname}}")
    refused("hello -o out", 'map/templates/hello.html, line 2: there is nothing to fill in for {{pupil.forname}}; '
      .. 'did you mean "pupil.forename"?')
  end)

  it("sees only what its plugin was granted", function()
    write_template("form", "{{pupil.dob}}")
    refused("form -o out", 'form.html, line 1: {{pupil.dob}}: it needs the grant "pupil.dob"; add it to consults')
    write_map [[requires = { "england" }, reads = { "registers", "cases", "pupil.dob" }]]
    letter "form -o out"
    assert.are.equal("3 March 2014", read "cal-byron-form.html":match "<body>%s*(.-)%s*</body>")
    refused("hello -o out", 'it needs the grant "contacts"')
  end)

  it("leaves no blank where its step has nothing to say", function()
    letter "said -o out"
    assert.is_true(has(read "cal-byron-said.html", "<p>yes</p>"))
    for _, name in ipairs { "empty", "absent" } do
      write_template("said", ("<p>\nThe fine is {{words.%s}}.</p>"):format(name))
      refused("said -o out", ("said.html, line 2: {{words.%s}} is empty, and nothing else says it"):format(name))
    end
  end)

  it("would load something, or run something", function()
    for text, words in pairs { ['<img src="https://x.example/a.png">'] = "would be loaded",
      ["<style>p{background:url(http://x.example)}</style>"] = "would be loaded",
      ["<script>1</script>"] = "<script> is not for letters",
      ['<a href="#" onclick="x()">a</a>'] = "onclick=… of <a> is not for letters",
      ['<img src="file:///etc/passwd">'] = "would be loaded" } do
      write_template("form", "<p>fine</p>\n<p>fine</p>\n" .. text)
      refused("form -o out", words)
      refused("form -o out", "form.html, line 3: ")
    end
  end)

  it("is far too large, or includes itself", function()
    write_template("form", ("x"):rep(700 * 1024))
    refused("form -o out", "it has more than 512 KB")
    write_template("form", "{{> form}}")
    refused("form -o out", "form.html, line 1: {{> form}} includes itself")
  end)

  it("puts no value in as HTML", function()
    write_template("form", "{{#parents}}{{{name}}}{{/parents}}")
    refused("form -o out", "{{{name}}} would be put in unescaped; write {{name}}")
  end)
end)

describe("names that people have", function()
  it("stay text: tags, quotes, emoji, from right to left", function()
    local odd = { "😀 Zoë", "O'Dell <script>alert(1)</script>", "محمد", "\u{202E}evil" }
    local lines = { "upn,title,forename,surname,relationship,parental_responsibility,lives_with" }
    for i, name in ipairs(odd) do
      lines[#lines + 1] = ('%s,Mx,"%s",Byron,carer %d,1,1'):format(ADA, name, i)
    end
    w:file("odd.csv", table.concat(lines, "\n") .. "\n")
    w:ok(now .. "import contacts odd.csv")
    w:ok(now .. "letter Ada form -o out")
    local text = read "ada-moss-form.html"
    assert.is_false(has(text, "<script"))
    assert.is_true(has(text, "O&#39;Dell &lt;script&gt;"), text)
    assert.is_true(has(text, "😀 Zoë") and has(text, "محمد"))
    assert.is_false(has(text, "\u{202E}"))
    w:ok(now .. "letter Ada hello -o out")
    assert.is_not_nil(io.open(w.top .. "/out/ada-moss-hello-mx-byron.html"))
  end)
end)

describe("a PDF", function()
  it("is made where weasyprint is, kept too, and the same every time", function()
    letter "form -o out --pdf"
    local bytes = read "cal-byron-form.pdf"
    assert.are.equal("%PDF", bytes:sub(1, 4))
    local note = rows("SELECT json_extract(n.body, '$.note') AS note FROM event v JOIN entry n ON n.event = v.id "
      .. "WHERE v.kind = 'entry.rendered'")[1].note
    assert.are.equal(core.system.sha256(bytes), note:match "SHA%-256 (%x+)")
    local kept = note:match "PDF: (%S+),"
    workspace.write(w.dir .. "/" .. kept, bytes .. " ")
    assert.is_true(has(w:expect(1, "check").err, kept .. ", made with entry 1, is not what was made"))
    letter "form --pdf -o again.pdf"
    w:ok "check"
    assert.are.equal(bytes, workspace.read(w.top .. "/again.pdf"))
    assert.is_nil(io.open(w.dir .. "/.pdf"))
  end)

  it("that was killed half way leaves nothing for longer than to the next letter", function()
    assert(os.execute(("mkdir '%s/.pdf'"):format(w.dir)))
    w:file("w/.pdf/page.html", "of a child")
    letter "form -o out"
    assert.is_nil(io.open(w.dir .. "/.pdf"))
  end)

  -- A weasyprint goes on when the program that asked it is killed.
  it("has a folder of its own while it is made: a late one of another letter is not taken for it", function()
    local program = w:file("bin/weasyprint", '#!/bin/sh\nfor last; do :; done\necho "%PDF-$(pwd)" >"$last"\n')
    assert(os.execute(("chmod +x '%s'"):format(program)))
    local made = {}
    for i, of in ipairs { "Cal form", "Ada form" } do
      assert(os.execute(("cd '%s' && PATH='%s/bin':$PATH '%s' -C '%s' %s letter %s --pdf -o %d.pdf >/dev/null"):format(
        w.top, w.top, workspace.program(), w.dir, now, of, i)))
      made[i] = workspace.read(("%s/%d.pdf"):format(w.top, i))
    end
    assert.is_truthy(made[1]:find "^%%PDF%-/.*/%.pdf/%x+\n$", made[1])
    assert.are_not.equal(made[1], made[2])
  end)

  it("is made for a workspace at a relative path, where files may not be large", function()
    local line = "cd '%s' && ulimit -f 20000 && '%s' -C w %s letter Cal form --pdf -o near.pdf >/dev/null"
    assert(os.execute(line:format(w.top, workspace.program(), now)))
    assert.is_truthy(workspace.read(w.top .. "/near.pdf"):find "^%%PDF")
  end)

  it("is refused with the name of the package where it is not, and nothing is kept", function()
    local out, err = w.top .. "/.out", w.top .. "/.err"
    local line = ("cd '%s' && PATH=/nowhere '%s' -C '%s' %s letter Cal form --pdf >'%s' 2>'%s'"):format(w.top,
      workspace.program(), w.dir, now, out, err)
    local _, _, status = os.execute(line)
    assert.are.equal(1, status)
    assert.is_true(has(workspace.read(err), "weasyprint, which is not installed; on Debian: apt install weasyprint"))
    assert.are.same({}, rows "SELECT id FROM event WHERE kind = 'entry.rendered'")
    assert.is_nil(io.open(w.top .. "/cal-byron-form.html"))
  end)
end)
