-- The outbox: messages as files, whole, for the right people, once; and the words that
-- stand in them.

local core = require "waymark.core"
local files = require "waymark.base.files"
local folder = require "tests.support.folder"
local hooks = require "waymark.mail.hooks"
local lfs = require "lfs"
local message = require "waymark.mail.message"
local outbox = require "waymark.mail.outbox"
local plugins = require "tests.support.plugins"
local space_module = require "waymark.workspace"
local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form,sex,sen,fsm
ADA,Byron,Ada,2016-05-05,4,4A,F,N,0
BEN,Moss,Ben,2016-06-06,4,4A,M,N,0
]]
local CONTACTS = [[
upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,priority,email
ADA,Mrs,Annabella,Milbanke,mother,1,1,0,1,anna@family.example
ADA,Lord,George,Byron,father,1,0,1,2,george@family.example
ADA,Ms,Augusta,Leigh,aunt,0,0,0,3,augusta@family.example
ADA,Mr,William,King,guardian,1,0,0,4,william@family.example
ADA,Mr,Will,King,guardian,1,0,0,5,WILLIAM@family.example
BEN,Mr,Tom,Moss,father,1,1,0,1,
]]
local STAFF = [[
staff { attendance_officer = "Sam Reed <sam@oakfield.example>", head = "Jo M\u{e4}rsh <jo@oakfield.example>" }
]]

local LATER = "waiting: today's message has gone; it is in the next one"

local w

local function use(lines, staff)
  workspace.write(w.dir .. "/waymark.lua", workspace.essex .. (staff or STAFF) .. lines .. "\n")
end

local function import(day, marks)
  w:file("marks.csv", workspace.registers(marks))
  w:ok(("--now %sT16:00Z import marks marks.csv --yes"):format(day)) -- marks turn back, too
end

-- The school as it was imported, made once; each spec works on a copy.
local first

local function copy_of(school)
  local copy = setmetatable({ top = folder.new() }, workspace)
  copy.dir = copy.top .. "/w"
  assert(os.execute(("cp -a '%s/.' '%s/'"):format(school.top, copy.top)))
  return copy
end

local function start()
  if not first then
    w = workspace.new { files = { ["pupils.csv"] = PUPILS, ["contacts.csv"] = CONTACTS } }
    w:ok "--now 2025-09-08T08:00Z import pupils pupils.csv"
    w:ok "--now 2025-09-08T08:00Z import contacts contacts.csv"
    import("2025-09-08", { ADA = { ["2025-09-08"] = "N N" }, BEN = { ["2025-09-08"] = "N N" } })
    first = w
  end
  w = copy_of(first)
end

teardown(function() first:remove() end)

-- A plugin that answers a suggestion with `effect`, Lua.
local function hook(effect, templates, reads)
  reads = reads or '"registers", "pupil.name", "pupil.groups"'
  plugins.write(w, "teller", ('reads = { %s }, sends = { "mail" }'):format(reads),
    { ["init.lua"] = ('on("suggestion.made", function(event, pupil) return %s end)'):format(effect) })
  for name, text in pairs(templates or {}) do w:file("w/plugins/teller/templates/" .. name .. ".txt", text) end
  use 'use "teller"'
end

local function suggest(day, status, hour)
  return w:expect(status or 0, ("--now %sT%s suggest --as-of %s --format csv"):format(day, hour or "17:30Z", day))
end

local function written()
  local list = files.names(w.dir .. "/documents/outbox")
  for i, name in ipairs(list) do
    list[i] = { name = name, text = workspace.read(w.dir .. "/documents/outbox/" .. name) }
  end
  return list
end

local function body_of(text) return (text:match "\r\n\r\n(.*)$":gsub("\r\n", "\n")) end
local function header(text, name) return text:match("\r\n" .. name .. ": ([^\r\n]*)\r\n") end

local function states()
  local list = {}
  for i, each in ipairs(w:json "outbox list") do list[i] = each.state .. (each.note and ": " .. each.note or "") end
  return list
end

describe("the text of a message", function()
  local function text(changes)
    local what = { from = { address = "a@x.example" }, to = { name = "Sam Reed", address = "sam@x.example" },
      subject = "News", at = 1773999000, id = "1@x.example", body = "Hello\nyou\n" }
    for name, value in pairs(changes or {}) do what[name] = value end
    return message.text(what)
  end

  it("is whole", function()
    assert.are.equal(table.concat({ "From: a@x.example", 'To: "Sam Reed" <sam@x.example>', "Subject: News",
      "Date: Fri, 20 Mar 2026 09:30:00 +0000", "Message-ID: <1@x.example>", "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 7bit", "", "Hello",
      "you", "" }, "\r\n"), text())
  end)

  it("has no header that came with a value", function()
    local out = text { subject = "a\r\nBcc: evil@x.example",
      to = { name = 'S"\r\n\r\nX: \\y', address = "s@x.example" } }
    assert.is_nil(out:find "\nBcc")
    assert.is_nil(out:find "\nX:")
    assert.are.equal("a Bcc: evil@x.example", header(out, "Subject"))
    assert.are.equal([["S\" X: \\y" <s@x.example>]], header(out, "To"))
  end)

  it("writes what is not ASCII as RFC 2047 says, in words of at most 75", function()
    assert.are.equal("=?UTF-8?B?w4RiYw==?=", header(text { subject = "\u{c4}bc" }, "Subject"))
    local subject = text { subject = ("\u{20ac}"):rep(40) }:match "\nSubject: (.-)\r\nDate"
    for word in subject:gmatch "%S+" do
      assert.is_true(#word <= 75 and word:find "^=%?UTF%-8%?B%?[%w+/=]+%?=$" ~= nil, word)
    end
    assert.are.equal("=?UTF-8?B?PT94P0I/eT89?=", header(text { subject = "=?x?B?y?=" }, "Subject"))
  end)

  it("writes a body that is not ASCII as quoted-printable, in lines of at most 76", function()
    local out = text { body = ("\u{e4}"):rep(60) .. " = end \n.\n" }
    assert.are.equal("quoted-printable", header(out, "Content%-Transfer%-Encoding"))
    local body = body_of(out)
    for line in body:gmatch "[^\n]+" do assert.is_true(#line <= 76, line) end
    local back = body:gsub("=\n", ""):gsub("=(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
    assert.are.equal(("\u{e4}"):rep(60) .. " = end \n.\n", back)
  end)

  it("takes an address only where it is one", function()
    assert.are.same({ name = "Sam Reed", address = "sam@x.example" }, message.who "Sam Reed <sam@x.example>")
    assert.are.same({ address = "sam@x.example" }, message.who " sam@x.example ")
    for _, wrong in ipairs { "", "sam", "a@b@c", "a b@x.example", "a@x.example, b@x.example", "a@x.example\nBcc: b@y",
      "<>", "a@", "Sam <a@x..y>", "a@x.example>" } do
      assert.is_nil(message.who(wrong), wrong)
    end
  end)
end)

describe("a message that a plugin asked for", function()
  before_each(start)
  after_each(function() w:remove() end)

  it("is a file for its owner alone, with as little in the subject as can be", function()
    hook 'mail { to = staff "head", data = { pupil = pupil, why = event.evidence }, subject = "About Ada" }'
    suggest "2025-09-08"
    local list = written()
    assert.are.same({ "000001-teller.eml", "000002-teller.eml" }, { list[1].name, list[2].name })
    assert.are.equal("rw-------", lfs.attributes(w.dir .. "/documents/outbox/" .. list[1].name, "permissions"))
    assert.are.equal("rwx------", lfs.attributes(w.dir .. "/documents/outbox", "permissions"))
    assert.are.equal("Attendance: something to look at", header(list[1].text, "Subject"))
    assert.are.equal("About Ada", header(list[2].text, "Subject"))
    assert.are.equal("=?UTF-8?B?Sm8gTcOkcnNo?= <jo@oakfield.example>", header(list[1].text, "To"))
    assert.are.equal("Mon, 08 Sep 2025 17:30:00 +0000", header(list[1].text, "Date"))
    local words = "Ada Byron, 4A: Absence call-back\n  why: 2 half days in a row\n"
    assert.truthy(body_of(list[1].text):find(words, 1, true))
    assert.are_not.equal(header(list[1].text, "Message%-ID"), header(list[2].text, "Message%-ID"))
  end)

  it("goes to each parent it is for by itself, and never to who is to have no contact", function()
    hook 'mail { to = contacts { parental_responsibility = true }, template = "home", data = { pupil = pupil } }'
    w:file("w/plugins/teller/templates/home.txt",
      "Dear {{recipient}},\n{{pupil.forename}} was missed on {{event.on}}.\n{{school}}\n")
    local report = suggest("2025-09-08", 3).err -- Ben's father has no address
    assert.truthy(report:find("1 message could not be written", 1, true))
    local to = {}
    for _, each in ipairs(written()) do
      to[#to + 1] = header(each.text, "To")
      assert.is_nil(each.text:find("George", 1, true))
      assert.are.equal("A message from Oakfield Primary School", header(each.text, "Subject"))
    end
    table.sort(to)
    assert.are.same({ '"Mr William King" <william@family.example>',
      '"Mrs Annabella Milbanke" <anna@family.example>' }, to)
    assert.are.equal("Dear Mr William King,\nAda was missed on Monday 8 September 2025.\nOakfield Primary School\n",
      body_of(written()[1].text:find "William" and written()[1].text or written()[2].text))
    assert.are.same({ "written", "failed: none of the contacts it is for has an e-mail address" }, states())
  end)

  it("with a digest is one a day for each recipient; what comes later waits a day", function()
    use 'use "callbacks"'
    suggest "2025-09-08"
    assert.are.equal(1, #written())
    local body = body_of(written()[1].text)
    assert.truthy(body:find("calls home that are suggested, Monday 8 September 2025: 2", 1, true), body)
    assert.truthy(body:find("Ada Byron, 4A: Absence call-back", 1, true))
    assert.truthy(body:find("Ben Moss, 4A", 1, true))
    import("2025-09-09", { ADA = { ["2025-09-08"] = "I I", ["2025-09-09"] = "/ \\" } })
    suggest "2025-09-09"
    import("2025-09-10", { ADA = { ["2025-09-10"] = "N N" } })
    suggest "2025-09-10"
    import("2025-09-10", { BEN = { ["2025-09-09"] = "/ \\", ["2025-09-10"] = "N N" } })
    local before = written()[2].text
    suggest("2025-09-10", 0, "18:30Z")
    assert.are.equal(2, #written())
    assert.are.equal(before, written()[2].text)
    assert.are.same({ "written", "written", "written", LATER }, states())
    assert.are.equal("1 message waits; in a dry run none is written.\n",
      w:ok "--now 2025-09-11T08:00Z outbox write --dry-run")
    assert.are.equal(2, #written())
    w:ok "--now 2025-09-11T08:00Z outbox write"
    assert.are.equal(3, #written())
    assert.are.same({ "written", "written", "written", "written" }, states())
  end)

  local digest = 'mail { to = staff "head", digest = "d", template = "t", '
    .. "data = { pupil = pupil, why = event.reason%s } }"

  for name, section in pairs { ["{{#items}}"] = { "{{#items}}", "{{/items}}" },
    ["{{each}}, as up to API level 2"] = { "{{each}}", "{{ end }}" } } do
    it("says of each item what stands in " .. name .. ", and the rest once", function()
      local text = "Hello {{date}}\n%s\n- {{ pupil.name }}: {{> form}}\n%s\nBye {{count}}\n"
      hook(digest:format "", { t = text:format(section[1], section[2]), form = "{{pupil.form}}, {{event.title}}\r\n" })
      suggest "2025-09-08"
      assert.are.equal("Hello Monday 8 September 2025\n- Ada Byron: 4A, Absence call-back\n\n"
        .. "- Ben Moss: 4A, Absence call-back\n\nBye 2\n", body_of(written()[1].text))
    end)

    it("knows in " .. name .. " the names of an item, and outside only those of the message", function()
      local faults = { ["{{why}}%s%s"] = "{{why}}",
        ["%s{{pupil.nmae}}%s"] = '{{pupil.nmae}}; did you mean "pupil.name"?' }
      for text, fault in pairs(faults) do
        hook(digest:format "", { t = "Hello\n" .. text:format(section[1], section[2]) })
        local err = suggest("2025-09-08", 3).err
        assert.truthy(err:find("templates/t.txt, line 2: there is nothing to fill in for " .. fault, 1, true), err)
      end
    end)
  end

  it("may have data of its own that is called items", function()
    hook(digest:format ', items = "raw"', { t = "{{#items}}{{items}} of {{pupil.name}}{{/items}}\n" })
    suggest "2025-09-08"
    assert.are.equal("raw of Ada Byron\n\nraw of Ben Moss\n", body_of(written()[1].text))
  end)

  it("shows no control of a value and no sign of a terminal, and fills nothing in twice", function()
    local odd = [[, odd = "a\27[2J{{why}}\tb\u{200B}c\u{202E}\r\nd & <e>"]]
    for text, body in pairs { ["{{odd}}\n"] = "a[2J{{why}} bc\nd & <e>\n", [""] = "odd: a[2J{{why}} bc\nd & <e>\n" } do
      start()
      local mail = digest:format(odd)
      hook(text == "" and mail:gsub(' template = "t",', "") or mail, { t = text })
      suggest "2025-09-08"
      assert.truthy(body_of(written()[1].text):find(body, 1, true), body_of(written()[1].text))
    end
  end)

  it("has in its template only what was granted", function()
    local mail, form = 'mail { to = staff "head", template = "t", data = { pupil = pupil } }', { t = "{{pupil.form}}" }
    hook(mail, form, '"pupil.name"')
    local err = suggest("2025-09-08", 3).err
    assert.truthy(err:find('templates/t.txt, line 1: there is nothing to fill in for {{pupil.form}}', 1, true), err)
    hook(mail, form, '"pupil.groups"')
    suggest "2025-09-08"
    assert.are.equal("4A\n", body_of(written()[1].text))
  end)

  it("has its evidence measured and worded by the host", function()
    hook([[mail { to = staff "head", template = "t", data = { own = pupil:streak(streak_of_n), why = event.evidence[1],
      text = event.reason, list = { "a", "b" }, deep = { x = 1 } } }]],
      { t = "{{own}} | {{why.sessions}} | {{text}} | {{list}} | {{deep.x}}" })
    w:file("w/plugins/teller/init.lua", 'local streak_of_n = streak { name = "n", codes = "N", at_least = 1 }\n'
      .. workspace.read(w.dir .. "/plugins/teller/init.lua"))
    suggest "2025-09-08"
    assert.are.equal("2 half days in a row | Monday 8 September, morning; Monday 8 September, afternoon | "
      .. "absent, and nobody has told the school why | a, b | 1\n", body_of(written()[1].text))
  end)

  it("can be listed and read", function()
    hook 'mail { to = staff "head", data = { pupil = pupil } }'
    suggest "2025-09-08"
    local list = w:json "outbox list --state written"
    assert.are.same({ "teller", "ADA", "head", "documents/outbox/000001-teller.eml" },
      { list[1].plugin, list[1].upn, list[1].to, list[1].path })
    assert.truthy(w:ok "outbox show 1":find("Subject: Attendance: something to look at", 1, true))
    assert.truthy(w:ok "outbox list":find("Ada Byron", 1, true))
    assert.are.equal(2, #w:csv "outbox list")
    assert.truthy(w:expect(1, "outbox show 9").err:find "no such message")
  end)

  it("fails with the reason when nobody can be written to any more", function()
    hook 'mail { to = staff "head", digest = "d" }'
    suggest "2025-09-08"
    import("2025-09-08", { BEN = { ["2025-09-08"] = "I I" } })
    suggest "2025-09-08"
    import("2025-09-08", { BEN = { ["2025-09-08"] = "N N" } })
    suggest "2025-09-08"
    assert.are.same({ "written", "written", LATER }, states())
    use('use "teller"', 'staff { attendance_officer = "sam@oakfield.example", head = "nobody" }\n')
    w:expect(3, "--now 2025-09-09T08:00Z outbox write")
    assert.are.equal('failed: waymark.lua, staff: head: "nobody" is not "Name <address>"', states()[3])
    assert.are.equal(1, #written())
  end)
end)

describe("a message that can never be written", function()
  -- As a digest is kept that an older Waymark took, and one that was given its file before a kill.
  local function keep(body, path)
    local space = space_module.open(w.dir, "write", core.system.time "2025-09-08T17:00Z")
    space:change(false, function()
      space.store:run("UPDATE effect SET state = 'waiting', path = ?, body = json_set(body, '$.digest', ?)", path, body)
    end)
    space:close()
  end

  before_each(function()
    start()
    hook 'mail { to = staff "head", digest = "d" }'
    suggest "2025-09-08"
    os.execute(("rm '%s'/documents/outbox/*"):format(w.dir))
  end)

  it("fails once, whatever file it was given, and is tried no more", function()
    local long = ("d"):rep(300)
    keep(long, ("documents/outbox/2025-09-08-teller-%s-1f0a93bc.eml"):format(long))
    w:expect(3, "--now 2025-09-08T18:00Z outbox write")
    assert.truthy(states()[1]:find("failed: digest: the text \"" .. ("d"):rep(40) .. "…\" is not a name", 1, true))
    w:ok "--now 2025-09-08T18:00Z outbox write"
  end)

  it("is withdrawn with its plugin, also when it was given a file", function()
    keep("d", "documents/outbox/2025-09-08-teller-d-1f0a93bc.eml")
    use ""
    w:ok "--now 2025-09-08T18:00Z outbox write"
    assert.are.equal("withdrawn: its plugin is not in use any more", states()[1])
    assert.are.same({}, written())
  end)
end)

describe("a kill", function()
  local space, write_file

  before_each(function()
    start()
    write_file = files.write
  end)
  after_each(function()
    files.write = write_file
    w:remove()
  end)

  -- Ask for messages without writing them, as if killed right after the commit.
  local function asked(effect)
    hook(effect)
    w:ok "--now 2025-09-08T17:30Z suggest --as-of 2025-09-08 --dry-run"
    local real = outbox.write
    outbox.write = function() return { written = 0, failed = 0, trouble = {} } end
    space = space_module.open(w.dir, "write", core.system.time "2025-09-08T17:30Z")
    local suggest_module = require "waymark.suggest"
    hooks.change(space, false, function()
      space:settle()
      suggest_module.run(space, space:filter { as_of = "2025-09-08" }, { record = true })
    end)
    outbox.write = real
  end

  local function write_at(now)
    space:close()
    space = space_module.open(w.dir, "write", core.system.time(now))
    local report = outbox.write(space)
    space:close()
    return report
  end

  it("after the commit loses nothing", function()
    asked 'mail { to = staff "head", data = { pupil = pupil } }'
    assert.are.equal(0, #written())
    local report = write_at "2025-09-08T18:00Z"
    assert.are.equal(2, report.written)
    assert.are.equal("Mon, 08 Sep 2025 17:30:00 +0000", header(written()[1].text, "Date"))
  end)

  for at = 1, 3 do
    it(("at file %d of three messages neither loses nor doubles one, even the day after"):format(at), function()
      asked [[{ mail { to = contacts { parental_responsibility = true }, data = { pupil = pupil } },
        mail { to = staff "head", digest = "d", data = { pupil = pupil } } }]]
      local n = 0
      files.write = function(path, text)
        n = n + 1
        if n == at then error "killed" end
        return write_file(path, text)
      end
      assert.is_false(pcall(outbox.write, space))
      assert.are.equal(at - 1, #written())
      local before = written()
      files.write = write_file
      write_at "2025-09-09T08:00Z"
      assert.are.equal(3, #written())
      for i = 1, at - 1 do
        local there = false
        for _, each in ipairs(written()) do
          there = there or each.name == before[i].name and each.text == before[i].text
        end
        assert.is_true(there)
      end
      local _, staff_file = written()[1], written()[3]
      assert.truthy(staff_file.name:find "^2025%-09%-08%-teller%-d%-")
      assert.is_nil(states()[1]:find "waiting")
    end)
  end

  it("after the files were written writes none again", function()
    asked 'mail { to = staff "head", data = { pupil = pupil } }'
    local change, calls = space.change, 0
    space.change = function(...)
      calls = calls + 1
      if calls == 2 then error "killed" end
      return change(...)
    end
    assert.is_false(pcall(outbox.write, space))
    assert.are.equal(2, #written())
    files.write = function(path, text)
      assert(files.exists(path), "written again")
      return write_file(path, text)
    end
    assert.are.equal(2, write_at("2025-09-09T08:00Z").written)
    assert.are.equal(2, #written())
  end)
end)

-- The messages of the morning stay in documents/; a restore brings back the night before.
describe("a restored workspace", function()
  it("writes its own messages, beside those of other children that the one before wrote by the same numbers", function()
    start()
    finally(function() w:remove() end)
    local night = w.top .. "/night"
    hook [[{ mail { to = staff "head", data = { pupil = pupil } },
      mail { to = staff "head", digest = "d", data = { pupil = pupil } } }]]
    w:ok("--now 2025-09-08T17:10Z backup " .. night)
    suggest "2025-09-08"
    local before = written()
    w:ok(("restore %s %s/again"):format(night, w.top))
    assert(os.execute(("cd '%s' && cp -a w/plugins w/waymark.lua w/documents again/ && rm -r w && mv again w")
      :format(w.top)))
    import("2025-09-08", { ADA = { ["2025-09-08"] = "/ \\" }, BEN = { ["2025-09-08"] = "N N" } })
    suggest "2025-09-08"
    local states_now, fresh = states(), {}
    for _, each in ipairs(written()) do
      local old
      for _, was in ipairs(before) do
        if was.name == each.name then old = was end
      end
      if old then assert.equal(old.text, each.text) else fresh[#fresh + 1] = each.text end
    end
    assert.equal(#states_now, #fresh)
    for i, text in ipairs(fresh) do
      assert.is_truthy(text:find("Ben", 1, true) and not text:find("Ada", 1, true), text)
      assert.equal("written", states_now[i])
    end
  end)
end)
