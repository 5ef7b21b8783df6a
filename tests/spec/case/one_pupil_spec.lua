-- The example examples/one-pupil: one case from the first call-back to the papers of a
-- referral. Each chapter of its story is a spec, and the story says itself what has to come
-- out; then the papers are opened.

local copies = require "tests.support.copies"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local live = require "examples.one-pupil.live"
local lfs = require "lfs"
local workspace = require "tests.support.workspace"

local top = folder.new()
local out = top .. "/life"
local life

setup(function() life = live.begin(out) end)

teardown(function() folder.remove(top) end)

describe("one pupil", function()
  for _, chapter in ipairs(live.chapters "examples/one-pupil/case.txt") do
    it(chapter.title, function() life:chapter(chapter) end)
  end
end)

describe("the papers of the referral", function()
  local function paper(name) return workspace.read(("%s/papers/%s"):format(out, name)) end

  it("are these, each with its SHA-256 in the manifest", function()
    local names, listed = {}, {}
    for name in lfs.dir(out .. "/papers") do
      if name:find "^%d" then names[#names + 1] = name end
    end
    for digest, name in paper("manifest.txt"):gmatch "(%x+)  ([^\n]+)\n" do
      assert.equal(core.system.sha256(paper(name)), digest)
      if name:find "^%d" then listed[#listed + 1] = name end
    end
    table.sort(names)
    assert.same({ "00-cover.html", "01-referral-form.html", "02-chronology.html", "03-register-extract.html",
      "04-2026-01-14-attendance-contract.html" }, { table.unpack(names, 1, 5) })
    assert.same(names, listed)
  end)

  it("have the contract as it was signed and the notice as it was sent", function()
    assert.equal(workspace.read(out .. "/contract-signed.html"), paper "04-2026-01-14-attendance-contract.html")
    local sent = workspace.read(out .. "/letters/lena-hale-notice-to-improve-mr-hale.html")
    local found = false
    for name in lfs.dir(out .. "/papers") do
      if name:find "%.html$" and paper(name) == sent then found = true end
    end
    assert.is_true(found)
  end)

  it("have no notice that was issued to the other parent, in what happened in order", function()
    local page = paper "02-chronology.html"
    assert.truthy(page:find("not improved", 1, true))
    assert.falsy(page:find("every one of her mother", 1, true))
  end)

  it("show the mark that was amended, in the register", function()
    assert.truthy(paper("03-register-extract.html"):find("20 January", 1, true))
  end)
end)

describe("no copy of the whole story has a word that its reader must not see:", function()
  local secrets = copies.secrets "examples/one-pupil/secrets.txt"
  local function reader_of(file)
    return file:find "mrs%-hale" and "mother" or file:find "mr%-hale" and "father" or "anyone"
  end

  it("every letter that was made, and every letter and form that can be", function()
    assert.is_true(copies.search_folder(secrets, out .. "/letters", reader_of) > 10)
    local n = 0
    for name in life:run [[waymark letter "Lena Hale" --list --format csv]]:gmatch "\n([%l-]+)," do
      local text, status = life:run(("waymark letter 'Lena Hale' %s -o all/ --despite 'all of them'"):format(name))
      assert.equal(0, status, text)
      n = n + 1
    end
    assert.is_true(n >= 16, n)
    assert.is_true(copies.search_folder(secrets, out .. "/all", reader_of) > n)
  end)

  it("the chronology for each parent, as a list and as a page", function()
    for _, form in ipairs { "table", "html" } do
      for _, reader in ipairs { "mother", "father" } do
        local text, status = life:run(("waymark chronology 'Lena Hale' --for family --parent %s --format %s"):format(
          reader, form))
        assert.equal(0, status, text)
        copies.search(secrets, text, reader, "chronology as " .. form)
      end
    end
  end)

  it("the papers against the father", function()
    copies.search_folder(secrets, out .. "/papers", function() return "father" end)
  end)
end)

describe("a story that does not go as it says", function()
  it("ends at the line, which is named", function()
    local path = top .. "/case.txt"
    workspace.write(path, "# Another story\n@ 2025-09-01 09:00\n$ echo one\n> two\n$ echo three\n")
    local said = {}
    local other = live.begin(top .. "/other", function(text) said[#said + 1] = text end)
    local ok, message = pcall(other.chapter, other, live.chapters(path)[1])
    assert.is_false(ok)
    assert.truthy(message:find("case.txt:4: two", 1, true), message)
    assert.falsy(table.concat(said):find("three", 1, true))
  end)
end)
