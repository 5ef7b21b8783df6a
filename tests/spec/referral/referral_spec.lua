-- The papers of a referral: what is in them and what never is, when they are refused, and
-- that the folder is whole or not there.

local core = require "waymark.core"
local workspace = require "tests.support.workspace"
local lfs = require "lfs"

local pupils = [[
upn,surname,forename,dob,year,form,sex,sen,joined,Ethnicity,First Language,Previous School,In Care
B801200005001,Byron,Ada,2015-04-03,5,5A,F,K,2020-09-01,White British,English,Harbour Infants,N
C801200005002,Marsh,Ben,2015-06-11,5,5A,M,N,2020-09-01,,,,
D801200005003,Byron,Max,2017-06-11,3,3A,M,N,2021-09-01,,,,
]]

local contacts = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,"
  .. "confidential_address,priority,email,phone,address\n" .. [[
B801200005001,Mrs,Annabella,Byron,mother,1,1,0,0,1,anna@example.org,07700 900111,"12 Mill Lane, Colchester"
B801200005001,Mr,George,Byron,father,1,0,0,1,2,george@example.org,07700 900112,"9 Secret Road, Harwich"
B801200005001,Mrs,Pat,Green,neighbour,0,0,0,0,3,,07700 900113,"14 Mill Lane, Colchester"
D801200005003,Mrs,Annabella,Byron,mother,1,1,0,0,1,anna@example.org,07700 900111,"12 Mill Lane, Colchester"
C801200005002,Ms,Jo,Marsh,mother,1,1,0,0,1,,07700 900114,"3 High Street, Colchester"
]]

local settings = workspace.essex:gsub('year "2025%-26"', [[
year "2024-25" {
  term { "2025-06-02", "2025-07-22" },
}
%0]], 1) .. 'staff { head = "Jo Reed <jo@oakfield.example>" }\n'

local ada = "B801200005001"
local now = "--now 2025-11-21T18:00Z "

local w

-- E4 of the design: one O each Tuesday morning in ten school weeks; July before, and an I.
local function registers()
  local days = workspace.with("2025-09-02", "2025-11-20", { ["2025-09-08"] = "N \\", ["2025-10-01"] = "I I" })
  local day, n = "2025-09-09", 0
  while n < 10 do
    if not workspace.closed(day) then days[day], n = "O \\", n + 1 end
    day = core.date.add(day, 7)
  end
  for date, pair in pairs(workspace.present("2025-07-14", "2025-07-18")) do days[date] = pair end
  days["2025-07-16"] = "V V"
  return workspace.registers { [ada] = days, C801200005002 = workspace.with("2025-09-02", "2025-11-20", {}) }
end

local function record(line) w:ok(now .. 'record "Ada Byron" ' .. line .. ' --by "Sam Reed"') end

setup(function()
  w = workspace.new { settings = settings, files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts,
    ["marks.csv"] = registers(), ["later.csv"] = workspace.registers { [ada] = { ["2025-09-08"] = "M \\" } },
    ["sent.html"] = "<p>the notice as it was sent</p>", ["plan.pdf"] = "%PDF- a plan",
    ["hidden.txt"] = "for staff alone" } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:run(("--now 2025-11-20T17:00Z import %s %s.csv"):format(kind, kind))
  end
  w:ok "--now 2025-11-21T09:00Z import marks later.csv"
  record([[early-help --on 2025-10-06 --outcome not-engaged --with mother ]]
    .. [[--note 'Max Byron came too; ring 07700 900112']])
  record [[pupil-check-in --on 2025-10-08 --outcome spoke --with pupil --audience referral --note 'Mornings are hard']]
  record [[absence-callback --on 2025-10-09 --outcome spoke --with mother --audience staff --note 'Between us']]
  record [[attendance-contract --on 2025-10-20 --outcome not-agreed --with mother --note 'Did not want one']]
  w:ok "--now 2025-11-21T09:10Z suggest"
  w:ok '--now 2025-11-21T09:20Z not-now "Ada Byron" notice-to-improve --reason support-in-place --by "Jo Reed"'
  w:ok(now .. 'attach "Ada Byron" sent.html --as sent --audience referral --on 2025-11-18 --note "Notice to Improve"')
  w:ok(now .. 'attach "Ada Byron" plan.pdf --as support-plan --audience referral --on 2025-10-06')
  w:ok(now .. 'attach "Ada Byron" hidden.txt --as note --audience staff')
end)

teardown(function() w:remove() end)

local function pack(line) return now .. ('referral "Ada Byron" --parent Annabella --incomplete %s'):format(line) end

-- The files of a folder beside the workspace, by name without its number.
local function files_of(folder)
  local by_name = {}
  for name in lfs.dir(w.top .. "/" .. folder) do
    local text = name:find "%w" and workspace.read(("%s/%s/%s"):format(w.top, folder, name))
    by_name[name:gsub("^%d+%-", "")] = text or nil
  end
  return by_name
end

local function names_of(folder)
  local list = {}
  for name in lfs.dir(w.top .. "/" .. folder) do
    if name:find "%w" then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

-- What of a folder's name is beside the workspace, such as parts of it.
local function beside(name)
  local list = {}
  for each in lfs.dir(w.top) do
    if each:sub(1, #name) == name then list[#list + 1] = each end
  end
  table.sort(list)
  return list
end

-- A page as a person reads it: one line, no tags.
local function read(html)
  return (html:gsub("<style>.-</style>", ""):gsub("<[^>]*>", " "):gsub("&#?%w+;", { ["&#39;"] = "'", ["&amp;"] = "&" })
    :gsub("%s+", " "))
end

local function has(text, part) return text:find(part, 1, true) ~= nil end

describe("a referral pack", function()
  local files

  setup(function()
    w:ok(pack "-o pack")
    files = files_of "pack"
  end)

  it("has the cover, the form, the chronology, the register, and the files for a referral", function()
    assert.same({ "00-cover.html", "01-referral-form.html", "02-chronology.html", "03-register-extract.html",
      "04-2025-10-06-support-plan.pdf", "05-2025-11-18-a-letter.html", "manifest.json", "manifest.txt" },
      names_of "pack")
    assert.equal("%PDF- a plan", files["2025-10-06-support-plan.pdf"])
    local cover = read(files["cover.html"])
    assert.truthy(has(cover, "Ada Byron"))
    assert.truthy(has(cover, "Mrs Annabella Byron"))
    assert.truthy(has(cover, "5 A letter, as it was sent, 18 November 2025: sent.html"), cover)
  end)

  it("has a manifest with the SHA-256 of every file", function()
    local n = 0
    for digest, name in files["manifest.txt"]:gmatch "(%x+)  ([^\n]+)\n" do
      assert.equal(core.system.sha256(workspace.read(w.top .. "/pack/" .. name)), digest)
      n = n + 1
    end
    assert.equal(7, n)
    assert.equal("04-2025-10-06-support-plan.pdf", core.decode(files["manifest.json"]).files[5].file)
  end)

  it("has what is known in the form, and marks what is not", function()
    local form = read(files["referral-form.html"])
    for _, part in ipairs { "Date of birth 3 April 2015", "Ethnicity White British", "Languages English",
      "Previous school Harbour Infants", "In care no", "Child in need plan not known", "Full name Annabella Byron",
      "Telephone 07700 900111", "Communication needs not known", "George Byron, father, has parental responsibility",
      "Brothers and sisters 1 other child", "10 of 10 half days in 10 school weeks",
      "Half days with no reason yet none", "Reasons that were given not known",
      "V: Educational visit or trip (2)", "8 October 2025: Pupil check-in: spoke, with Ada Byron. Mornings are hard",
      "6 October 2025: Early help and support: not engaged, with Mrs Annabella Byron",
      "20 October 2025: Attendance contract: not agreed" } do
      assert.truthy(has(form, part), part .. " is not in " .. form)
    end
  end)

  it("has the register of both school years with its codes, and says whose it is", function()
    local register = read(files["register-extract.html"])
    for _, part in ipairs { "From Monday 2 June 2025 to Thursday 20 November 2025",
      "2024-25: 100.00 % (10 of 10 half days)", "14 Jul 2025", "8 Sep 2025", "Absent, not authorised by the school",
      "As seen in our imports", "registers have come in to Thu 20 Nov 2025, afternoon",
      "Monday 8 September 2025, morning: N, from Friday 21 November 2025 on M" } do
      assert.truthy(has(register, part), part .. " is not in " .. register)
    end
  end)

  it("has nothing of another child or adult, and what is for staff stays with staff", function()
    for name, text in pairs(files) do
      for _, part in ipairs { "Secret Road", "07700 900112", "george@", "Max", "Pat Green", "900113", "Between us",
        "for staff alone", "Marsh" } do
        assert.falsy(has(text, part), part .. " is in " .. name)
      end
    end
    assert.truthy(has(read(files["chronology.html"]), "[another child] came too; ring [phone number]"))
  end)

  it("is recorded in the case with the digest of its manifest, and for staff alone", function()
    local rows = w:json(now .. 'chronology "Ada Byron"').entries
    local last = rows[#rows]
    assert.equal("rendered", last.kind)
    assert.equal("The papers of a referral were made: Referral pack, for Mrs Annabella Byron", last.title)
    local body = w:json [[sql "SELECT body FROM entry ORDER BY event DESC LIMIT 1"]][1].body
    local entry = core.decode(body)
    assert.equal(core.system.sha256(files["manifest.txt"]), entry.file.digest)
    assert.equal("referral-pack", entry.fields.document)
    local manifest = w.dir .. "/" .. entry.file.path
    assert.equal(files["manifest.txt"], workspace.read(manifest))
    workspace.write(manifest, "")
    assert.is_truthy(w:expect(1, "check").err:find "documents/%x+.txt, made with entry %d+, is not what was made")
    workspace.write(manifest, files["manifest.txt"])
  end)

  it("is the same, byte for byte, for the same case", function()
    w:ok(pack "-o again")
    assert.equal(files["manifest.txt"], files_of("again")["manifest.txt"])
  end)
end)

describe("a pack in which something is missing", function()
  it("is refused with one list, and nothing is made or recorded", function()
    local line = now .. 'referral "Ben Marsh" --parent mother -o ben'
    local r = w:expect(1, line)
    assert.truthy(has(r.err, "the referral of Ben Marsh is not complete; it lacks:\n  - "), r.err)
    assert.truthy(r.err:lower():find "contract", r.err)
    assert.truthy(has(r.err, "--incomplete"))
    assert.same({}, beside "ben")
    assert.same({}, w:json(now .. 'chronology "Ben Marsh"').entries)
  end)

  it("says on its cover that it is not complete, and what is missing", function()
    w:ok(now .. 'referral "Ben Marsh" --parent mother -o ben --incomplete')
    local cover = read(files_of("ben")["cover.html"])
    assert.truthy(has(cover, "This pack is not complete"), cover)
    assert.truthy(cover:lower():find "contract", cover)
  end)
end)

describe("picking", function()
  it("has a list of what can enter, and nothing is made before a person has seen it", function()
    w:ok(pack "-o picked --review")
    local list = workspace.read(w.top .. "/picked.pick.txt")
    assert.truthy(list:find "%[x%] referral%-form +Referral form\n", list)
    assert.truthy(list:find "%[x%] entry%-%d+ +Support plan, 6 October 2025: plan.pdf\n", list)
    assert.falsy(has(list, "hidden"))
    assert.same({ "picked.pick.txt" }, beside "picked")
  end)

  it("lets in only what is ticked", function()
    local list = workspace.read(w.top .. "/picked.pick.txt")
    w:file("edited.txt", (list:gsub("%[x%] (entry%-%d+ +Support)", "[ ] %1"):gsub("%[x%] register", "[] register")))
    w:ok(pack "-o picked --pick edited.txt")
    assert.same({ "00-cover.html", "01-referral-form.html", "02-chronology.html", "03-2025-11-18-a-letter.html",
      "manifest.json", "manifest.txt" }, names_of "picked")
    assert.falsy(has(read(files_of("picked")["cover.html"]), "Support plan"))
  end)

  it("refuses what is not there to pick, and a line that is none", function()
    w:file("wrong.txt", "[x] entry-9999 A thing\n")
    local err = w:expect(1, pack "-o wrong --pick wrong.txt").err
    assert.truthy(has(err, 'wrong.txt, line 1: "entry-9999" is not there'), err)
    w:file("wrong.txt", "referral-form\n")
    err = w:expect(1, pack "-o wrong --pick wrong.txt").err
    assert.truthy(has(err, "line 1: a line begins with"), err)
    assert.same({ "wrong.txt" }, beside "wrong")
  end)

  it("takes a list that an editor saved with its mark of UTF-8 in front", function()
    w:file("marked.txt", "\xEF\xBB\xBF# the list\r\n[x] chronology  What happened, in order\r\n")
    w:ok(pack "-o marked --pick marked.txt")
    assert.same({ "00-cover.html", "01-chronology.html", "manifest.json", "manifest.txt" }, names_of "marked")
  end)

  it("refuses a list that says one thing twice, or of which nothing enters", function()
    w:file("twice.txt", "[x] chronology\n[ ] chronology\n")
    local err = w:expect(1, pack "-o twice --pick twice.txt").err
    assert.truthy(has(err, "twice.txt, line 2: chronology is in the list twice"), err)
    for _, text in ipairs { "", "# all taken out\n", "[ ] chronology\n" } do
      w:file("none.txt", text)
      err = w:expect(1, pack "-o none --pick none.txt").err
      assert.truthy(has(err, "none.txt: nothing is ticked"), err)
    end
    assert.same({ "none.txt" }, beside "none")
  end)
end)

-- A referral carries copies of the contracts, or a clear rationale why none was made.
describe("a contract that was signed", function()
  local ben = now .. 'referral "Ben Marsh" --parent mother '
  local words = "The signed copy of the contract of Monday 27 October 2025: none is in the pack"

  local function contract(line)
    w:ok(now .. 'record "Ben Marsh" attendance-contract --despite "for this spec" --by "Sam Reed" ' .. line)
    return w:json [[sql "SELECT max(event) AS id FROM entry"]][1].id
  end

  it("is missing until its copy is kept, whichever version it belongs to", function()
    local first = contract "--on 2025-10-20"
    assert.falsy(has(w:expect(1, ben .. "-o signed").err, "signed copy"))
    contract "--on 2025-10-27 --set 'signatures=Ms Jo Marsh; 2025-10-27'"
    local err = w:expect(1, ben .. "-o signed").err
    assert.truthy(has(err, words), err)
    w:file("contract.pdf", "%PDF- signed")
    w:ok(now .. ('attach "Ben Marsh" contract.pdf --as signed --of %d'):format(first))
    err = w:expect(1, ben .. "-o signed").err
    assert.falsy(has(err, "signed copy"), err)
  end)

  it("is missing again, and the cover says so, when somebody leaves the copy out", function()
    w:file("without.txt", "[x] referral-form\n[x] chronology\n")
    assert.truthy(has(w:expect(1, ben .. "-o without --pick without.txt").err, words))
    w:ok(ben .. "-o without --pick without.txt --incomplete")
    assert.truthy(has(read(files_of("without")["cover.html"]), words))
  end)
end)

describe("the folder of a pack", function()
  it("is never mixed with what is there", function()
    lfs.mkdir(w.top .. "/full")
    w:file("full/mine.txt", "mine")
    assert.truthy(has(w:expect(1, pack "-o full").err, "not empty"))
    assert.same({ "mine.txt" }, names_of "full")
    lfs.mkdir(w.top .. "/empty")
    w:ok(pack "-o empty")
    assert.equal("rwx------", lfs.attributes(w.top .. "/empty", "permissions"))
  end)

  it("is not there when anything fails on the way", function()
    local kept = w:json [[sql "SELECT body FROM entry WHERE body LIKE '%plan.pdf%'"]][1].body
    local path = w.dir .. "/" .. core.decode(kept).file.path
    workspace.write(path, "%PDF- another plan")
    assert.truthy(has(w:expect(1, pack "-o broken").err, "is not as it was when it was attached"))
    workspace.write(path, "%PDF- a plan")
    assert.same({}, beside "broken")
  end)

  it("is filled beside its place, and what a killed one left there is named and not used", function()
    lfs.mkdir(w.top .. "/cut.part1")
    local r = w:expect(0, pack "-o cut")
    assert.truthy(has(r.err, "cut.part1 was left by a pack that was not finished"), r.err)
    assert.same({ "cut", "cut.part1" }, beside "cut")
    assert.same({}, names_of "cut.part1")
  end)

  it("that a killed command left without recording it is said for what it is", function()
    w:ok(pack "-o torn")
    local digest = core.system.sha256(workspace.read(w.top .. "/torn/manifest.txt"))
    assert.truthy(has(w:expect(1, pack "-o torn").err, "not empty"))
    w:file("torn/manifest.txt", digest .. "  another\n")
    local r = w:expect(1, pack "-o torn")
    assert.truthy(has(r.err, "torn holds a pack that is not recorded"), r.err)
  end)

  it("is not made in a dry run", function()
    assert.truthy(has(w:ok(pack "-o dry --dry-run"), "Would make"))
    assert.same({}, beside "dry")
  end)
end)

describe("--parent", function()
  it("names one contact, never a guess", function()
    local err = w:expect(1, now .. 'referral "Ada Byron" --parent Byron -o who').err
    assert.truthy(has(err, '"Byron" may be Mrs Annabella Byron or Mr George Byron'), err)
    err = w:expect(1, now .. 'referral "Ada Byron" --parent nobody -o who').err
    assert.truthy(has(err, 'Ada Byron has no contact "nobody"'), err)
  end)

  it("whose address is confidential has it in no paper", function()
    w:ok(now .. 'referral "Ada Byron" --parent father -o father --incomplete')
    for name, text in pairs(files_of "father") do assert.falsy(has(text, "Secret Road"), name) end
    local form = read(files_of("father")["referral-form.html"])
    assert.truthy(has(form, "Address confidential: the school has it"))
    assert.truthy(has(form, "Telephone 07700 900112"))
    assert.falsy(has(form, "07700 900111"))
  end)
end)

describe("what is about another parent alone", function()
  local function last_entry() return w:json [[sql "SELECT max(event) AS id FROM entry"]][1].id end

  setup(function()
    for _, who in ipairs { "Annabella", "father" } do
      record(("notice-to-improve --on 2025-11-20 --set parent=%s --despite 'for this spec'"):format(who))
      w:file(who .. ".html", "the notice to " .. who)
      w:ok(now .. ('attach "Ada Byron" %s.html --as sent --of %d'):format(who, last_entry()))
    end
  end)

  it("is in that parent's pack, and in no other", function()
    w:ok(pack "-o hers")
    w:ok(now .. 'referral "Ada Byron" --parent father -o his --incomplete')
    local hers, his = table.concat(names_of "hers", " "), table.concat(names_of "his", " ")
    assert.equal(files_of("hers")["2025-11-21-notice-to-improve.html"], "the notice to Annabella", hers)
    assert.equal(files_of("his")["2025-11-21-notice-to-improve.html"], "the notice to father", his)
    for _, name in ipairs { "chronology.html", "referral-form.html" } do
      assert.truthy(has(read(files_of("hers")[name]), "Parent: Mrs Annabella Byron"), name)
      assert.falsy(has(read(files_of("hers")[name]), "Parent: Mr George Byron"), name)
    end
  end)

  -- 20 November 2025: each parent has a notice; hers improved. Of a letter that was sent to
  -- her, and of what came of her notice, his papers know nothing; and the other way round.
  it("is so for the copy of a letter, what came of a notice, and what was checked", function()
    for _, who in ipairs { "Annabella", "father" } do
      w:ok(now .. ('letter "Ada Byron" initial-concern-letter --parent %s -o to-%s.html'):format(who, who))
      w:ok(now .. ('attach "Ada Byron" --as sent --of %d --on 2025-11-20'):format(last_entry()))
    end
    record "notice-to-improve --outcome improved --set parent=Annabella --on 2025-11-20 --despite 'for this spec'"
    w:ok(pack "-o her-papers")
    w:ok(now .. 'referral "Ada Byron" --parent father -o his-papers --incomplete')
    local hers, his = files_of "her-papers", files_of "his-papers"
    local her_form, his_form = read(hers["referral-form.html"]), read(his["referral-form.html"])
    assert.truthy(has(read(hers["chronology.html"]), ", for Mrs Annabella Byron"))
    assert.falsy(has(read(hers["chronology.html"]), ", for Mr George Byron"))
    assert.truthy(has(read(his["chronology.html"]), ", for Mr George Byron"))
    assert.falsy(has(read(his["chronology.html"]), ", for Mrs Annabella Byron"))
    local issued = "Notice to Improve on Thursday 20 November 2025"
    assert.truthy(has(her_form, ("A Notice to Improve %s: improved; %s Each"):format(issued, issued)), her_form)
    assert.truthy(has(his_form, ("A Notice to Improve %s Each"):format(issued)), his_form)
    assert.falsy(has(his_form, "Notice to Improve: improved"), his_form)
  end)

  it("goes with what is missing: a letter that was made and not sent is named", function()
    w:ok(now .. 'letter "Ada Byron" initial-concern-letter --parent mother -o letter.html')
    assert.truthy(has(w:ok(pack "-o unsent"), "Not in it: 1 letter was made, of which no version is kept as sent"))
    w:ok(now .. ('attach "Ada Byron" --as sent --of %d'):format(last_entry() - 1))
    assert.falsy(has(w:ok(pack "-o sent"), "Not in it"))
  end)
end)

describe("what the road map asks for", function()
  it("is in the form, with the routes of this parent, and in the list of what is missing", function()
    local r = w:expect(1, now .. 'referral "Ada Byron" --parent Annabella -o asked')
    assert.truthy(has(r.err, "An education supervision order was considered: not answered yet"), r.err)
    local form = read(files_of("hers")["referral-form.html"])
    assert.truthy(has(form, "An education supervision order was considered not answered yet"), form)
    assert.truthy(has(form, "Routes for this parent First penalty notice possible by the figures: First notice: £160"),
      form)
  end)
end)

describe("the form of a long case", function()
  local form

  local function ben(line)
    w:ok(("--now %s record 'Ben Marsh' %s --by 'Sam Reed'"):format(line:match "^(%S+) (.*)$"))
  end

  setup(function()
    ben "2025-11-17T09:00Z early-help --outcome not-engaged --with mother --set 'barriers=An early bus'"
    ben "2025-11-17T10:00Z declining-attendance-meeting --outcome support-agreed --note 'We met'"
    ben([[2025-11-18T09:00Z attendance-contract --set parties=mother --set starts_on=2025-11-20 ]]
      .. [[--set ends_on=2025-12-19 --set met_on=2025-11-18 --set 'parents_views=We want this' --despite spec]])
    ben "2025-11-20T09:00Z attendance-contract --set met_on=2025-11-20 --despite spec"
    ben "2025-11-21T09:00Z legal-decision --outcome refer --set route=penalty-notice --despite spec"
    w:ok(now .. 'referral "Ben Marsh" --parent mother -o long --incomplete')
    form = read(files_of("long")["referral-form.html"])
  end)

  local function count(part)
    local n = 0
    for _ in form:gmatch(part) do n = n + 1 end
    return n
  end

  it("has words where a step has choices", function()
    assert.truthy(has(form, "Why it is referred 21 November 2025: penalty notice "), form)
  end)

  it("has a meeting once", function() assert.equal(1, count "We met") end)

  it("has what a further version of a contract took over once, and what is new in it", function()
    assert.equal(1, count "The parents' views: We want this")
    assert.truthy(has(form, "What would help, in the family’s words 18 November 2025: We want this Voice"), form)
    assert.truthy(has(form, "– Met on: Thursday 20 November 2025 – Everything else as in the version before"), form)
  end)
end)

describe("a referral that happened elsewhere", function()
  it("can be recorded without a pack", function()
    w:ok(now .. 'record "Ben Marsh" legal-intervention --outcome referred --on 2025-11-20 --despite "by the authority"')
    assert.truthy(has(w:ok(now .. 'chronology "Ben Marsh"'), "Legal intervention: referred"))
  end)
end)
