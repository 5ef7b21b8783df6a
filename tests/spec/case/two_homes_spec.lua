-- The example examples/two-homes: parents who live apart, an address that nobody may learn, and the
-- papers of a referral against one of them. Its story is lived; then every copy that leaves staff is
-- made, for each parent, and searched for every word that must not be in it.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local live = require "examples.one-pupil.live"
local lfs = require "lfs"
local workspace = require "tests.support.workspace"

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
  local secrets = {} -- of each reader

  -- Letters and digits alone.
  local function bare(text) return (core.fold(text):gsub("[^%w]", "")) end

  local function read(text)
    return (text:gsub("<style>.-</style>", ""):gsub("<[^>]*>", " "):gsub("&#(%d+);", function(code)
      return utf8.char(tonumber(code))
    end):gsub("&%w+;", " "))
  end

  local function search(text, reader, what)
    text = bare(read(text))
    for _, whose in ipairs { "anyone", reader } do
      for _, words in ipairs(secrets[whose]) do
        assert.falsy(text:find(bare(words), 1, true), ("%s, for %s: %s"):format(what, reader, words))
      end
    end
  end

  local function run(line)
    local text, status = life:run("waymark " .. line)
    assert.truthy(status == 0 or status == 3, line .. "\n" .. text)
    return text
  end

  setup(function()
    for line in io.lines(here .. "/secrets.txt") do
      local reader, words = line:match "^(%l+)  (.+)$"
      if reader then
        secrets[reader] = secrets[reader] or {}
        table.insert(secrets[reader], words)
      end
    end
  end)

  -- Each file of a folder beside the school.
  local function search_files(name, reader_of)
    local n = 0
    for file in lfs.dir(out .. "/" .. name) do
      if file:find "%w" then
        local reader = reader_of(file)
        search(workspace.read(("%s/%s/%s"):format(out, name, file)), reader, file)
        n = n + 1
      end
    end
    return n
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
    for name, whom in run(("letter %s --list"):format(who)):gmatch "([%l-]+)%s+(%u?%l[^\n]*)\n" do
      if not whom:find "^for " then names[#names + 1] = name end
    end
    assert.equal(16, #names)
    for _, name in ipairs(names) do run(("letter %s %s -o all/ --despite 'all of them'"):format(who, name)) end
    local n = search_files("all", function(file)
      return file:find "mrs%-noor" and "mother" or file:find "mr%-noor" and "father" or "anyone"
    end)
    assert.truthy(n > 16, n)
  end)

  it("the notice that was sent, and the papers against the father", function()
    assert.equal(1, search_files("sent", function() return "father" end))
    assert.equal(6, search_files("papers", function() return "father" end))
  end)

  it("but each parent's own is in theirs, and staff have it all but the address", function()
    local mother = run(("chronology %s --for family --parent mother"):format(who))
    assert.truthy(mother:find("quiet start", 1, true), mother)
    local staff = run(("chronology %s"):format(who))
    for _, words in ipairs { "whispered", "Gwen Querney", "lead told", "handover", "Night shifts" } do
      assert.truthy(staff:find(words, 1, true), words)
    end
    for _, words in ipairs { "Refuge Row", "Larkspur House", "CM0 9XY" } do
      assert.falsy(bare(staff):find(bare(words), 1, true), words)
    end
  end)
end)
