-- Who may read what (DOMAIN): by the step, by the record, by the person; in a chronology, a letter
-- and the papers of a referral.

local core = require "waymark.core"
local spaces = require "waymark.workspace"
local workspace = require "tests.support.workspace"

local pupils = [[
upn,surname,forename,dob,year,form
B801200005001,Hart,Ada,2015-04-03,5,5A
C801200005002,Marsh,Ben,2015-06-11,5,5A
]]

local contacts = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,"
  .. "confidential_address,priority,address\n" .. [[
B801200005001,Mrs,Ann,Hart,mother,1,1,0,1,1,"Flat 2, 12 Refuge Row, Colchester"
B801200005001,Mr,Rob,Hart,father,1,0,0,0,2,"9 Low Street, Maldon"
B801200005001,Mrs,Jean,Pike,grandmother,0,0,0,0,3,"1 High Street, Maldon"
C801200005002,Ms,Jo,Marsh,mother,1,1,0,0,1,"3 Mill Lane, Colchester"
C801200005002,Mr,Tom,Lee,father,1,1,0,0,2,"3, Mill Lane; COLCHESTER"
]]

-- A plugin of API level 2, whose step says no audience.
local older = { ["w/plugins/local/plugin.lua"] = 'return { name = "local", version = "1", api = 2, extends = "essex",\n'
    .. '  reads = { "registers", "cases" },\n  consults = { "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", '
    .. '"sensitive", "contacts" } }\n',
  ["w/plugins/local/init.lua"] = [[
return { further = { "chat", "home-visit", "medical-evidence" } }
]],
  ["w/plugins/local/steps/chat.lua"] = [[
return step { title = "Chat", principle = "listen", outcomes = { "spoke" },
  records = { lead_told = "yes-no", safeguarding_note = "text", topic = "text" } }
]] }

local now = "--now 2025-11-21T18:00Z "
local w

local function record(who, line) return w:ok(now .. ('record "%s" %s --on 2025-11-20'):format(who, line)) end

local function has(text, part) return text:find(part, 1, true) ~= nil end

-- A chronology; each word is in it, or with "-" before it is not.
local function check(who, copy, words)
  local out = w:ok(now .. ('chronology "%s" --for %s'):format(who, copy)):gsub("%s+", " ")
  for word in words:gmatch "%S+" do
    local bare = word:gsub("^%-", "")
    assert.equal(bare == word, has(out, bare), ("%s, for %s: %s\n%s"):format(who, copy, word, out))
  end
  return out
end

setup(function()
  local files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts }
  for name, text in pairs(older) do files[name] = text end
  w = workspace.new { settings = workspace.essex:gsub('use "essex"', 'use "local"'), files = files }
  for _, kind in ipairs { "pupils", "contacts" } do w:ok(now .. ("import %s %s.csv"):format(kind, kind)) end
  record("Ada Hart", "absence-callback --outcome spoke --with mum --note CALLED --set lead_told=yes")
  record("Ada Hart", "pupil-check-in --outcome spoke --note CHILDSAID --set lead_told=yes --audience family")
  record("Ada Hart", "early-help --with mother --note HELPSMUM --set parents_views=MUMSAID --set barriers=SHIFTS")
  record("Ada Hart", "early-help --outcome working --with father --note HELPSDAD")
  record("Ada Hart", "declining-attendance-meeting --set parties=mum --set parties=dad --note BOTHMET "
    .. "--set pupils_views=INMEETING")
  record("Ada Hart", "attendance-contract --outcome not-agreed --despite tried --note NOBODYNAMED")
  record("Ada Hart", "chat --outcome spoke --with father --note CHATTED --set topic=TOPIC --set lead_told=yes")
  record("Ada Hart", "chat --outcome spoke --with father --note CHOSEN --audience family "
    .. "--set topic=TOLDTOPIC --set lead_told=yes --set safeguarding_note=HARMFEARED")
  record("Ben Marsh", "home-visit --outcome spoke --set spoke_to=mother --set visited_by=WHOWENT --set risk=BADDOG "
    .. "--set agreed=VISITED")
  record("Ben Marsh", "medical-evidence --outcome accepted --set given_by=mother --set seen=prescription "
    .. "--set content=DIAGNOSIS --audience family")
  record("Ben Marsh", "early-help --with mother --note JOSAID --set parents_views=JOSVIEW --set support=BREAKFAST")
  record("Ben Marsh", "early-help --outcome not-taken-up --note NOBODYNAMED")
end)

teardown(function() w:remove() end)

describe("a step says who may read what it records", function()
  it("a call-back and a check-in are for staff, help and a meeting for the family", function()
    check("Ada Hart", "staff", "CALLED CHILDSAID HELPSMUM HELPSDAD BOTHMET NOBODYNAMED CHATTED lead")
    check("Ada Hart", "family", "-CALLED BOTHMET")
    check("Ada Hart", "'referral' --parent mother", "-CALLED HELPSMUM BOTHMET")
  end)

  it("that the safeguarding lead was told never leaves staff, whatever a person chose, at any level of the API",
    function()
      for _, copy in ipairs { "family", "referral", "family --parent father", "referral --parent father" } do
        check("Ada Hart", copy, "-lead -Lead -HARMFEARED")
      end
      check("Ada Hart", "family --parent father", "CHOSEN TOLDTOPIC")
    end)

  it("what is a risk to staff, and what medical evidence says, never leaves staff", function()
    w:ok(now .. 'audience "Ben Marsh" 9 10 --for family --parent mother')
    check("Ben Marsh", "staff", "WHOWENT BADDOG VISITED DIAGNOSIS")
    for _, copy in ipairs { "family --parent mother", "referral --parent mother" } do
      check("Ben Marsh", copy, "WHOWENT VISITED prescription -BADDOG -DIAGNOSIS")
    end
  end)

  it("a step of an older level that says nothing is for staff", function()
    check("Ada Hart", "referral --parent father", "-CHATTED")
  end)
end)

describe("an entry is for those with whom it was made", function()
  it("and of parents who live apart neither reads the other's words or days", function()
    check("Ada Hart", "family --parent mother", "HELPSMUM MUMSAID SHIFTS BOTHMET -HELPSDAD -CHOSEN -TOLDTOPIC")
    check("Ada Hart", "family --parent dad", "HELPSDAD BOTHMET -HELPSMUM -MUMSAID -SHIFTS")
    check("Ada Hart", "referral --parent father", "HELPSDAD BOTHMET -HELPSMUM -MUMSAID -SHIFTS -CHILDSAID")
  end)

  it("though the plan goes on with the other, and takes over what was written", function()
    record("Ada Hart", "early-help --with mother --set barriers=NIGHTS --set parents_views=MUMAGAIN "
      .. "--set by_whom=nurse")
    record("Ada Hart", "early-help --with father --set support=SUPPORTDAD")
    check("Ada Hart", "family --parent father", "SUPPORTDAD -NIGHTS -MUMAGAIN -nurse")
    check("Ada Hart", "staff", "SUPPORTDAD NIGHTS MUMAGAIN")
  end)

  it("who signed is among them", function()
    record("Ada Hart", "attendance-contract --set 'signatures=dad; 2025-11-20' --set barriers=SIGNED --despite tried")
    check("Ada Hart", "family --parent father", "SIGNED")
    check("Ada Hart", "family --parent mother", "-SIGNED")
  end)

  it("a copy for all parents has what each of them may read, and says how to have one", function()
    check("Ada Hart", "family", "BOTHMET INMEETING -HELPSMUM -HELPSDAD")
    assert.truthy(has(w:expect(0, now .. 'chronology "Ada Hart" --for family').err, "--parent NAME"))
    assert.truthy(has(w:expect(1, now .. 'chronology "Ada Hart" --parent mother').err, "--for family"))
    assert.truthy(has(w:expect(1, now .. 'chronology "Ada Hart" --for family --parent Pike').err, "is not known as a"))
  end)

  it("one that names nobody is in no copy where parents live apart", function()
    check("Ada Hart", "family --parent mother", "-NOBODYNAMED")
    check("Ben Marsh", "family --parent mother", "NOBODYNAMED")
  end)

  it("of parents who live together one reads what was done with the other, and not what was said", function()
    check("Ben Marsh", "family --parent mother", "JOSAID JOSVIEW BREAKFAST")
    check("Ben Marsh", "family --parent father", "-JOSAID -JOSVIEW BREAKFAST")
    check("Ben Marsh", "family", "-JOSAID -JOSVIEW BREAKFAST")
  end)
end)

describe("a letter", function()
  local function letter(parent)
    w:ok(now .. ('letter "Ada Hart" early-help-offer -o out-%s/ --parent %s'):format(parent, parent))
    local pipe <close> = assert(io.popen(("cat '%s/out-%s/'*"):format(w.top, parent)))
    return pipe:read "a"
  end

  it("to one parent has nothing of what was made with the other", function()
    local to_mother, to_father = letter "mother", letter "father"
    for _, word in ipairs { "HELPSDAD", "Refuge", "Low Street", "CHATTED" } do
      assert.falsy(has(to_mother, word), word)
    end
    for _, word in ipairs { "MUMSAID", "SHIFTS", "HELPSMUM", "Refuge" } do assert.falsy(has(to_father, word), word) end
    assert.truthy(has(to_father, "Low Street"))
  end)
end)

describe("a letter where parents live apart", function()
  it("is about no entry that names neither, unless somebody says which", function()
    local id = record("Ada Hart", "initial-concern --outcome support-agreed --set agreed=UNNAMED"):match "entry (%d+)"
    for more, is_in in pairs { [""] = false, ["--entry " .. id] = true } do
      local line = "letter 'Ada Hart' initial-concern-letter --parent father -o apart%d/ %s"
      local out = w:ok(now .. line:format(#more, more))
      local pipe <close> = assert(io.popen(("cat '%s/apart%d/'*"):format(w.top, #more)))
      local note = "entry " .. id .. ", which names no parent"
      assert.same({ is_in, not is_in }, { has(pipe:read "a", "UNNAMED"), has(out, note) })
    end
  end)
end)

describe("the papers of a referral", function()
  it("against one parent have nothing of the other's", function()
    w:ok(now .. 'referral "Ada Hart" --parent father -o pack --incomplete')
    local pipe <close> = assert(io.popen(("cat '%s/pack/'*"):format(w.top)))
    local out = pipe:read "a"
    for _, word in ipairs { "HELPSMUM", "MUMSAID", "SHIFTS", "CALLED", "CHILDSAID", "CHATTED", "NOBODYNAMED", "Refuge",
      "HARMFEARED", "lead told", "Lead told" } do
      assert.falsy(has(out, word), word)
    end
    for _, word in ipairs { "HELPSDAD", "BOTHMET" } do assert.truthy(has(out, word), word) end
  end)
end)

-- Until API level 3 whatever nobody chose was for a referral.
describe("an entry of before", function()
  local readers = require "waymark.case.readers"
  local parents = { { id = 1, name = "Ann Hart", parent = "yes", may_be_named = true },
    { id = 2, name = "Rob Hart", parent = "yes", may_be_named = true } }

  it("is for no more people than its step says today, nor in a pack unless it names whom it is against", function()
    for usual, wanted in pairs { staff = "staff", referral = "referral", family = "referral" } do
      local space = { step = function() return { audience = usual } end }
      assert.equal(wanted, readers.audience(space, { audience = "referral" }))
      assert.equal("referral", readers.audience(space, { audience = "referral", audience_chosen = true }))
      local reader = readers.new(space, "referral", parents, {}, parents[2])
      local function enters(more)
        local entry = { id = 3, audience = "referral" }
        for name, value in pairs(more) do entry[name] = value end
        return reader:view(entry) ~= nil
      end
      assert.same({ usual == "referral", true, usual ~= "staff", false },
        { enters {}, enters { audience_chosen = true }, enters { with = "Rob Hart" }, enters { with = "Ann Hart" } },
        usual)
    end
  end)
end)

describe("the list of what enters a pack", function()
  local list

  local function line_of(word)
    local mark, id = list:match("%[(.)%] (entry%-%d+) [^\n]*\n[^%[]*" .. word)
    return mark, id
  end

  setup(function()
    w:ok(now .. 'referral "Ada Hart" --parent father -o picked --review')
    list = workspace.read(w.top .. "/picked.pick.txt")
  end)

  it("has each entry with what it says, ticked where it is known whose it is", function()
    assert.same({ "x", " " }, { (line_of "HELPSDAD"), (line_of "NOBODYNAMED") })
    assert.truthy(has(list, "#   It names nobody: tick it only if"), list)
    assert.truthy(list:find("# For staff only; [^\n]*\n#   entry%-%d+  Absence call%-back, 20 November 2025\n"), list)
    assert.truthy(has(list, "# Not this parent's to read: 2 entries."), list)
    for _, word in ipairs { "HELPSMUM", "CALLED", "CHATTED", "lead" } do assert.falsy(has(list, word), word) end
  end)

  it("is obeyed entry by entry, in the form and in the chronology", function()
    local _, dad = line_of "HELPSDAD"
    local _, nobody = line_of "NOBODYNAMED"
    w:file("mine.txt", (list:gsub("%[x%] " .. dad:gsub("%-", "%%-") .. " ", "[ ] " .. dad .. " ")
      :gsub("%[ %] " .. nobody:gsub("%-", "%%-") .. " ", "[x] " .. nobody .. " ")))
    w:ok(now .. 'referral "Ada Hart" --parent father -o picked --incomplete --pick mine.txt')
    local pipe <close> = assert(io.popen(("cat '%s/picked/'*"):format(w.top)))
    local out = pipe:read "a"
    assert.same({ false, true, true }, { has(out, "HELPSDAD"), has(out, "NOBODYNAMED"), has(out, "BOTHMET") })
  end)
end)

describe("waymark audience", function()
  local function number(title, nth)
    local ids = {}
    for _, each in ipairs(w:json(now .. 'chronology "Ada Hart"').entries) do
      if each.title:find(title, 1, true) and each.kind == "recorded" then ids[#ids + 1] = each.id end
    end
    return ids[nth or 1]
  end

  it("changes later who may read an entry, and that is recorded", function()
    local call, contract = number "Absence call-back", number "Attendance contract"
    local out = w:ok(now .. ('audience "Ada Hart" %d --for family --why "She asked" --by "Jo Reed"'):format(call))
    assert.equal(("Entry %d of Ada Hart (Absence call-back) is for the family.\n"):format(call), out)
    w:ok(now .. ('audience "Ada Hart" %d --for family --parent dad'):format(contract))
    check("Ada Hart", "family --parent mother", "CALLED -NOBODYNAMED -lead")
    check("Ada Hart", "family --parent father", "-CALLED NOBODYNAMED")
    local seen = check("Ada Hart", "staff", "CALLED NOBODYNAMED")
    assert.truthy(has(seen, ("Entry %d is for the family from now on by Jo Reed She asked"):format(call)), seen)
    assert.truthy(has(seen, ("Entry %d is for the family (Mr Rob Hart) from now on"):format(contract)), seen)
    w:ok(now .. ('audience "Ada Hart" %d %d --for staff'):format(call, contract))
    check("Ada Hart", "family --parent mother", "-CALLED")
    check("Ada Hart", "family --parent father", "-NOBODYNAMED")
    w:ok "check"
  end)

  it("is what plugins see too, as it was changed last", function()
    local function seen(id)
      local space = spaces.open(w.dir, "read", os.time { year = 2025, month = 11, day = 21, hour = 18 })
      local school = space:schools()[1]
      local fields = { "cases", "pupil.name" }
      for bytes in space.store:batches { as_of = "2025-11-21", school = school.id, fields = fields } do
        for _, pupil in ipairs(assert(core.batch(bytes, space:codes()))) do
          for _, entry in ipairs(pupil.name == "Ada Hart" and pupil.case or {}) do
            if entry.id == id then
              space:close()
              return { entry.audience, entry.audience_chosen, #(entry.readers or {}) }
            end
          end
        end
      end
    end
    local call = number "Absence call-back"
    local change = now .. ('audience "Ada Hart" %d '):format(call)
    w:ok(change .. "--for family --parent mother")
    assert.same({ "family", true, 1 }, seen(call))
    w:ok(change .. "--for staff")
    assert.same({ "staff", true, 0 }, seen(call))
  end)

  it("refuses what it cannot do, and changes nothing", function()
    local call = number "Absence call-back"
    for line, why in pairs { ["99 --for family"] = "has no entry 99", [call .. " 99 --for family"] = "has no entry 99",
      [call .. " --for staff --parent dad"] = "--parent is for",
      [call .. " --for family --parent Pike"] = "is not known as a parent" } do
      local err = w:expect(1, now .. 'audience "Ada Hart" ' .. line).err
      assert.truthy(has(err, why), err)
    end
    w:ok(now .. ('audience "Ada Hart" %d --for family --dry-run'):format(call))
    check("Ada Hart", "family --parent mother", "-CALLED")
  end)
end)

describe("who is named", function()
  local function err(who, line) return w:expect(0, now .. ('record "%s" %s --on 2025-11-20'):format(who, line)).err end

  it("as mum or dad is the contact, or it is said that there is none", function()
    assert.equal("", err("Ben Marsh", "absence-callback --outcome spoke --with dad"))
    assert.truthy(has(err("Ben Marsh", "absence-callback --outcome spoke --with Gran"),
      'no contact of Ben Marsh is known as the grandmother: "Gran" is kept as you wrote it'))
    assert.truthy(has(err("Ada Hart", "initial-concern --outcome no-concern --audience family"),
      "it names no parent"))
    local out = w:ok(now .. 'chronology "Ben Marsh"')
    assert.truthy(has(out, "with Mr Tom Lee"), out)
  end)

  it("as a party is a person: jointly is no name, and is no other adult in a copy", function()
    local told = w:expect(1, now .. 'record "Ben Marsh" attendance-contract --set parties=Jointly').err
    assert.truthy(has(told, 'parties: "Jointly" is no name; name each person, and write made=jointly'), told)
    record("Ben Marsh", "declining-attendance-meeting --with jointly --set made=jointly")
    check("Ben Marsh", "family", "jointly -another")
  end)

  it("is named in the contract that they are a party to, though they are no contact", function()
    record("Ben Marsh", "attendance-contract --set parties=mother --set 'parties=Pete Foot' --despite agreed")
    w:ok(now .. 'letter "Ben Marsh" attendance-contract -o contract/')
    local pipe <close> = assert(io.popen(("cat '%s/contract/'*"):format(w.top)))
    local out = pipe:read "a"
    assert.same({ true, true, false }, { has(out, "Pete Foot"), has(out, "Ms Jo Marsh"), has(out, "another adult") })
  end)
end)
