-- The example examples/two-homes: parents who live apart, an address that nobody may learn, and the
-- papers of a referral against one of them. Its story is lived; then every copy that leaves staff is
-- made, for each parent, and searched for every word that must not be in it.

local copies = require "tests.support.copies"
local folder = require "tests.support.folder"
local live = require "examples.one-pupil.live"

local here = "examples/two-homes"
local top = folder.new()
local out = top .. "/life"
local who = '"Idris Noor"'
local life

setup(function() life = live.begin(out, nil, here) end)

teardown(function() folder.remove(top) end)

describe("two homes", function()
  for _, chapter in ipairs(live.chapters(here .. "/case.txt")) do
    it(chapter.title, function() life:chapter(chapter) end)
  end
end)

describe("no copy has a word that its reader must not see:", function()
  local secrets = copies.secrets(here .. "/secrets.txt")

  local function search(text, reader, what) copies.search(secrets, text, reader, what) end

  local function run(line)
    local text, status = life:run("waymark " .. line)
    assert.truthy(status == 0 or status == 3, line .. "\n" .. text)
    return text
  end

  it("the chronology for a parent, in each form, and for both", function()
    for _, form in ipairs { "table", "csv", "json", "html" } do
      for _, reader in ipairs { "mother", "father" } do
        for _, copy in ipairs { "family", "referral" } do
          local text = run(("chronology %s --for %s --parent %s --format %s"):format(who, copy, reader, form))
          search(text, reader, copy .. " as " .. form)
        end
      end
    end
    local text = run(("chronology %s --for family"):format(who))
    for _, reader in ipairs { "mother", "father" } do search(text, reader, "for both") end
  end)

  it("every letter and form", function()
    local names = {}
    for name in run(("letter %s --list --format csv"):format(who)):gmatch "\n([%l-]+)," do names[#names + 1] = name end
    assert.is_true(#names >= 16, #names)
    for _, name in ipairs(names) do
      local line = ("letter %s %s -o all/ --despite 'all of them'"):format(who, name)
      local text, status = life:run("waymark " .. line)
      if text:find("record it first", 1, true) then
        text, status = life:run("waymark " .. line .. " --parent father")
      end
      assert.equal(0, status, text)
    end
    local n = copies.search_folder(secrets, out .. "/all", function(file)
      return file:find "mrs%-noor" and "mother" or file:find "mr%-noor" and "father" or "anyone"
    end)
    assert.truthy(n > 16, n)
  end)

  it("the notice that was sent, and the papers against the father", function()
    assert.equal(1, copies.search_folder(secrets, out .. "/sent", function() return "father" end))
    assert.equal(6, copies.search_folder(secrets, out .. "/papers", function() return "father" end))
  end)

  it("but each parent's own is in theirs, and staff have it all but the address", function()
    local mother = run(("chronology %s --for family --parent mother"):format(who))
    assert.truthy(mother:find("quiet start", 1, true), mother)
    local staff = run(("chronology %s"):format(who))
    for _, words in ipairs { "whispered", "Gwen Querney", "lead told", "handover", "Night shifts" } do
      assert.truthy(staff:find(words, 1, true), words)
    end
    for _, words in ipairs { "Refuge Row", "Larkspur House", "CM0 9XY" } do
      assert.falsy(copies.bare(staff):find(copies.bare(words), 1, true), words)
    end
  end)
end)
