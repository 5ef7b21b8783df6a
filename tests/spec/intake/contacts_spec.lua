-- What protects somebody stays, whatever a file leaves out; several rows of one parent are one contact.

local given = require "tests.support.import_store"
local contacts_store = require "waymark.store.contacts"
local telephone = require "waymark.case.telephone"

local ADA, BEN = given.ADA, given.BEN
local named, rows = given.named, given.rows
local HEAD = "upn,title,forename,surname,relationship,parental_responsibility,no_contact,confidential_address,priority,"
  .. "email,phone,address\n"

before_each(given.open)
after_each(given.close)

local function contacts(text, head) return assert(given.import("contacts", (head or HEAD) .. text)) end

local function people(report, why)
  local list = {}
  for i, each in ipairs((named(report.people, why) or { names = {} }).names) do
    list[i] = each.words and each.name .. ": " .. each.words or each.name
  end
  return list
end

local MIA = ADA .. ",Ms,Mia,Able,mother,1,%s,%s,1,mia@x.example,0123,1 High St\n"
local FIN = ADA .. ",Mr,Fin,Able,father,1,%s,%s,2,,0555 111,9 Low Row\n"

it("come in by admission numbers alone", function()
  assert(given.import("pupils", "upn,surname,forename,admission_number\n,Doe,Dee,0042\n"))
  local report = contacts("0042,Doe,Jo\n0099,Roe,Rae\n", "admission_number,surname,forename\n")
  assert.are.same({ 1, 1 }, { report.added, report.left_out })
end)

describe("no contact and a confidential address", function()
  local function flags()
    return rows "SELECT forename, no_contact, confidential_address, gone FROM contact ORDER BY id"
  end

  it("stay against a blank, a missing column and a row that was left out", function()
    contacts(MIA:format("0", "") .. FIN:format("yes", "1"))
    local protected = { { "Mia", 0, "", 0 }, { "Fin", 1, 1, 0 } }
    local function same()
      local now = rows [[SELECT forename, no_contact, ifnull(confidential_address, ''), gone FROM contact
        WHERE id <= 2 ORDER BY id]]
      assert.same(protected, now)
    end
    local blank = contacts(MIA:format("0", "") .. FIN:format("", ""))
    assert.equal(2, blank.unchanged)
    assert.same({ "Ada Able: Fin Able: no contact", "Ada Able: Fin Able: confidential address" }, people(blank, "kept"))
    same()
    assert.equal(0, contacts(ADA .. ",Mia,Able\n" .. ADA .. ",Fin,Able\n", "upn,forename,surname\n").removed)
    same()
    for _, wrong in ipairs { FIN:format("maybe", ""), ",,Fin,Able\n", ADA .. ",too,many,cells\n" .. FIN:format("x", ""),
      '"' .. FIN:format("", "") } do
      local report = contacts(MIA:format("0", "") .. wrong)
      assert.same({ 0, 1 }, { report.removed, math.min(report.left_out, 1) }, wrong)
      assert.same({ "Ada Able: Fin Able" }, people(report, "contact-kept"))
      same()
    end
    local report = contacts(MIA:format("0", ""))
    assert.same({ "Ada Able: Fin Able" }, people(report, "contact-gone"))
    assert.equal(1, report.removed)
    contacts(MIA:format("0", "") .. FIN:format("", "")) -- back, and as before
    same()
  end)

  it("are taken away by a no, which is said by name", function()
    contacts(MIA:format("", "") .. FIN:format("1", "1"))
    local report = contacts(MIA:format("", "") .. FIN:format("no", "0"))
    assert.same({ "Ada Able: Fin Able: no contact: yes → no", "Ada Able: Fin Able: confidential address: yes → no" },
      people(report, "unprotected"))
    assert.same({ "Fin", 0, 0, 0 }, flags()[2])
  end)

  it("are not gone where all words of the surname are in a row that was left out, whole", function()
    for row, gone in pairs { ["Fin VAN DER BERG (father)"] = 0, ["Fin van der Bergman"] = 1 } do
      contacts(MIA:format("0", "") .. FIN:format("1", ""):gsub("Able", "van-der Berg"))
      assert.equal(gone, contacts(MIA:format("0", "") .. "B000000000000,," .. row .. ",,,,,,,,,\n").removed, row)
    end
  end)

  it("are kept by a contact whose name a program damaged", function()
    contacts(ADA .. ",Mr,Zoë,Núñez,father,1,1,1,1,,0555 111,\n")
    local report = contacts(ADA .. ",Mr,ZoÃ«,N??ez,father,1,,,1,,0555 222,\n")
    assert.same({ 1, 0, 0 }, { report.changed, report.added, report.removed })
    assert.same({ { "Zoë", "Núñez", 1, "0555 222" } }, rows "SELECT forename, surname, no_contact, phone FROM contact")
    assert.truthy(named(report.warnings, "name-damaged"))
  end)
end)

describe("somebody who is protected", function()
  local PLAIN = "upn,surname,phone\n"
  local function flags()
    return rows [[SELECT forename, surname, phone, ifnull(no_contact, ''), ifnull(confidential_address, '')
      FROM contact WHERE gone = 0 ORDER BY id]]
  end

  it("is whoever has the surname, or the number or email, and nothing that tells them apart", function()
    for _, file in ipairs {
      { PLAIN, ADA .. ",Able,+44 555 111222\n" }, { PLAIN, ADA .. ",ABLE,0777 123456\n" },
      { "upn,surname,forename,phone\n", ADA .. ",Able,,0777 123456\n" },
      { "upn,surname,forename,phone\n", ADA .. ",Able,F.,0777 123456\n" },
      { "upn,surname,forename,title,relationship\n", ADA .. ",Able,,Mr,\n" },
    } do
      contacts((FIN:format("1", "1"):gsub("0555 111", "0555 111222")))
      local report = contacts(file[2], file[1])
      assert.same({ 0, 0 }, { report.added, report.removed }, file[2])
      assert.same({ 1, 1 }, { flags()[1][4], flags()[1][5] }, file[2])
      assert.same({ "Ada Able: Fin Able" }, people(report, "may-be-protected"))
      assert.same({ 1, 1 }, { #flags(), contacts(file[2], file[1]).unchanged })
      given.close()
      given.open()
    end
  end)

  it("keeps number, email and address beside the number of a record that may be of them", function()
    local function reach()
      return rows "SELECT phone, email, address FROM contact WHERE no_contact = 1 AND gone = 0"
    end
    contacts(ADA .. ",Mr,Fin,Able,father,1,1,,2,fin@x.example,0555 111222,9 Low Row\n")
    contacts(ADA .. ",,,Able,,,,,,,0777 123456,\n")
    assert.same({ { "0555 111222; 0777 123456", "fin@x.example", "9 Low Row" } }, reach())
    assert.equal(1, contacts(ADA .. ",,,Able,,,,,,,+44 777 123456,\n").unchanged)
    contacts(ADA .. ",Mr,Fin,Able,father,1,1,,2,fin@x.example,0777 123456,9 Low Row\n")
    assert.same({ { "0777 123456", "fin@x.example", "9 Low Row" } }, reach()) -- by name: that is the number now
  end)

  it("keeps the good name, and is not taken for who is told apart", function()
    contacts(MIA:format("0", "") .. FIN:format("1", ""))
    contacts(ADA .. ",Able,,0555 111\n" .. ADA .. ",Able,,0123\n", "upn,surname,forename,phone\n")
    assert.same({ { "Mia", "Able", "0123", 0, "" }, { "Fin", "Able", "0555 111", 1, "" } }, flags())
    local report = contacts(ADA .. ",Able,Una,aunt,0777\n" .. ADA .. ",Able,,mother,0888\n" .. ADA
      .. ",Able,Fin,father,0555 111\n", "upn,surname,forename,relationship,phone\n")
    assert.same({ { "Fin", 1 }, { "Una", "" } }, rows [[SELECT forename, ifnull(no_contact, '') FROM contact
      WHERE gone = 0 AND forename IN ('Fin', 'Una') ORDER BY id]])
    assert.same({}, people(report, "may-be-protected"))
  end)

  it("has a number and an email that are protected under another surname, and after they are gone", function()
    contacts(MIA:format("0", "") .. ADA .. ",Mr,Fin,Able,father,1,1,,2,fin@x.example,0555 111222,9 Low Row\n")
    contacts(MIA:format("0", ""))
    local report = contacts(MIA:format("0", "") .. ADA .. ",,,Father,,,,,,,0777 1; (0555) 111-222,\n" .. ADA
      .. ",,,Mr F Able,,,,,,FIN@x.example,,\n" .. ADA .. ",,Una,Best,aunt,,,,,,0555 111222,\n")
    assert.same({ 3, 1 }, { report.added, report.unchanged })
    assert.same({ { "Able", 0 }, { "Father", 1 }, { "Mr F Able", 1 }, { "Best", "" } }, rows [[SELECT surname,
      ifnull(no_contact, '') FROM contact WHERE gone = 0 ORDER BY id]])
    assert.same({ "Ada Able: Fin Able", "Ada Able: Fin Able" }, people(report, "may-be-protected"))
  end)

  it("is protected once more by a second row that may be of them, until it says no", function()
    contacts(FIN:format("1", ""))
    local two = ADA .. ",Able,Fin,0555 111,%s\n" .. ADA .. ",Able,,0777 123456,%s\n"
    local report = contacts(two:format("", ""), "upn,surname,forename,phone,no_contact\n")
    assert.same({ 1, 1 }, { report.added, report.unchanged })
    assert.same({ 1, 1 }, { flags()[1][4], flags()[2][4] })
    report = contacts(two:format("", "0"), "upn,surname,forename,phone,no_contact\n")
    assert.same({ "Ada Able: Able: no contact: yes → no" }, people(report, "unprotected"))
  end)
end)

describe("rows without a forename", function()
  it("are one parent only where the relationship or title says it too, or the number", function()
    local report = contacts(ADA .. ",Able,0111\n" .. ADA .. ",Able,0222\n" .. ADA .. ",Able,0111\n" .. BEN
      .. ",Best,0333\n", "upn,surname,phone\n")
    assert.same({ 3, 1 }, { report.added, report.merged })
    assert.same({ { "0111" }, { "0222" }, { "0333" } }, rows "SELECT phone FROM contact ORDER BY id")
    report = contacts(BEN .. ",Mrs,Best,,1\n" .. BEN .. ",Mrs,Best,,2\n" .. BEN .. ",,Best,uncle,3\n" .. BEN
      .. ",,Best,uncle,4\n" .. BEN .. ",,Best,,5\n", "upn,title,surname,relationship,phone\n")
    assert.same({ 5, 2 }, { report.rows, report.merged })
  end)

  it("and columns that matter and are missing are said", function()
    local missing = named(contacts(ADA .. ",Able,0111\n", "upn,surname,phone\n").warnings, "no-column")
    assert.equal(3, missing.count)
    local said = {}
    for i, each in ipairs(missing.examples) do said[i] = type(each) == "table" and each.words or each end
    assert.truthy(table.concat(said):find('no column "forename": parents of one surname cannot be told apart', 1, true))
    assert.is_nil(named(contacts(MIA:format("", "")).warnings, "no-column"))
  end)
end)

describe("several rows of one parent", function()
  it("are one contact with several numbers, in their order", function()
    local text = ADA .. ",Ms,Mia,Able,Mother,1,,,1,mia@x.example,07700 900 111,\n"
      .. ADA .. ",Ms,MIA,Able,mother,1,1,,1,mia@x.example,01632 960 222,1 High St\n"
      .. ADA .. ",,Mia,Able,mother,,,,,,(01632) 960222,1 High St\n" .. ADA .. ",Mr,Fin,Able,father,1,,,2,,0555 111,\n"
    local report = contacts(text)
    assert.same({ 4, 2, 2 }, { report.rows, report.added, report.merged })
    assert.same({ { "Mia", "07700 900 111; 01632 960 222", "1 High St", 1 }, { "Fin", "0555 111", "", "" } },
      rows "SELECT forename, phone, ifnull(address, ''), ifnull(no_contact, '') FROM contact ORDER BY id")
    report = contacts(text)
    assert.same({ 2, 2, 0 }, { report.unchanged, report.merged, report.changed })
  end)

  it("have the numbers that there are, each once", function()
    contacts(ADA .. ",Ms,Mia,Able,mother,1,,,1,,07700 900111,\n" .. ADA .. ",Ms,Mia,Able,mother,1,,,1,,,1 High St\n"
      .. ADA .. ",Ms,Mia,Able,mother,1,,,1,,+44 7700 900111,\n")
    assert.same({ { "07700 900111" } }, rows "SELECT phone FROM contact")
  end)

  it("are two people where title, birthday, or address and email differ", function()
    local text = ADA .. ",Mr,J,Able,parent,1,,,1,able@x.example,0111 111,1 High St\n"
      .. ADA .. ",Mrs,J,Able,parent,1,,,2,able@x.example,0222 222,1 High St\n"
      .. ADA .. ",,Ali,Khan,uncle,,,,3,,0333 333,1 High St\n" .. ADA .. ",,Ali,Khan,uncle,,,,4,,0444 444,2 Low Row\n"
    assert.same({ 4, 0 }, { contacts(text).added, contacts(text).merged })
  end)
end)

describe("whom to ring", function()
  local function list()
    local all = contacts_store.of(given.store, 1)
    for _, each in ipairs(all) do
      each.name, each.may_be_named = each.forename .. " " .. each.surname, each.no_contact ~= 1
      for _, flag in ipairs { "no_contact", "confidential_address", "gone" } do each[flag] = each[flag] == 1 end
    end
    return all
  end
  local function current(all)
    local kept = {}
    for _, each in ipairs(all) do kept[#kept + 1] = not each.gone and each or nil end
    return kept
  end

  it("has every number in its order, without the one that was wrong", function()
    contacts(ADA .. ",Ms,Mia,Able,mother,1,,,1,,07700 900 111,\n" .. ADA
      .. ",Ms,Mia,Able,mother,1,,,1,,01632 960 222,\n")
    local all = list()
    assert.same({ "07700 900 111", "01632 960 222" }, telephone.whom(all, {}).numbers)
    local mark = telephone.mark(all, {})
    local entries = { { wrong_number = mark, on = "2026-03-04" } }
    local whom = telephone.whom(all, entries)
    assert.same({ "01632 960 222" }, whom.numbers)
    assert.same({ "07700 900 111", "2026-03-04" }, { whom.wrong[1].number, whom.wrong[1].on })
    entries[2] = { wrong_number = telephone.mark(all, entries), on = "2026-03-05" }
    whom = telephone.whom(all, entries)
    assert.is_nil(whom.contact)
    assert.same({ 1, nil }, { #whom.wrong, whom.wrong[1].number })
  end)

  it("leaves out a number that somebody has who is gone from the file, or on another school's list", function()
    contacts(ADA .. ",Ms,Mia,Able,mother,1,,,1,,01632 960 222,\n" .. ADA
      .. ",Mr,Fin,Able,father,1,1,,2,,01632 960222,\n")
    contacts(ADA .. ",Ms,Mia,Able,mother,1,,,1,,01632 960 222,\n")
    local all = list()
    assert.equal(1, #current(all))
    local whom = telephone.whom(current(all), {}, all)
    assert.is_nil(whom.contact)
    assert.equal("Mia Able", whom.shared[1].name)
    contacts(BEN .. ",Ms,Bea,Best,mother,1,,,1,,0555 111,\n")
  end)

  it("neither gives a shared number as the wrong one, nor takes it for the one that was rung", function()
    contacts(ADA .. ",Mr,Fin,Able,father,1,1,,2,,07700 900111,\n")
    contacts(ADA .. ",Ms,Mia,Able,mother,1,,,1,,07700 900 111,\n" .. ADA
      .. ",Ms,Mia,Able,mother,1,,,1,,01632 960 222,\n")
    local all = list()
    local now = current(all)
    assert.same({ "01632 960 222" }, telephone.whom(now, {}, all).numbers)
    local rung, shared = telephone.mark(now, {}, nil, all), telephone.mark(now, {})
    assert.are_not.equal(shared, rung)
    local whom = telephone.whom(now, { { wrong_number = shared, on = "2026-03-04" } }, all)
    assert.same({ "01632 960 222" }, whom.numbers)
    assert.same({ 1, nil }, { #whom.wrong, whom.wrong[1].number })
    assert.is_nil(telephone.whom(now, { { wrong_number = rung, on = "2026-03-04" } }, all).contact)
  end)
end)
