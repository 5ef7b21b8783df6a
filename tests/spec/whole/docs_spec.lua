-- What the READMEs say is so: their Lua compiles, the first plugin runs, every command
-- and every file of core/ and of the tests is told of.

local folder = require "tests.support.folder"
local graph = require "tests.support.graph"
local lfs = require "lfs"
local readme = require "tests.support.readme"
local workspace = require "tests.support.workspace"

-- The ```lua blocks of a README: { { name =, text = }, … }; the name is the file that the
-- first line, a comment, names; blocks without one are left out.
local function named_blocks(page)
  local blocks = {}
  for text in folder.read(page):gmatch "\n```lua\n(.-)\n```" do
    local name = text:match "^%-%- [^\n]-([%w/_-]+%.lua)[^\n]*\n"
    if name then blocks[#blocks + 1] = { name = name, text = text .. "\n" } end
  end
  return blocks
end

-- The files of a plugin as plugins/README.md gives them, by path.
local function first_plugin()
  local files = {}
  for _, block in ipairs(named_blocks "plugins/README.md") do
    if block.name:find "^plugins/oakfield/" then files[block.name] = block.text end
  end
  return files
end

-- What a help text lists under "Commands:".
local function commands_of(help)
  local names = {}
  for line in help:match("\nCommands:\n(.-)\n\n"):gmatch "[^\n]+" do
    names[#names + 1] = line:match "^   ([%l-]+)"
  end
  return names
end

local function help_of(command)
  local pipe = assert(io.popen(("'%s' %s --help"):format(workspace.program(), command)))
  local text = pipe:read "a"
  pipe:close()
  return text
end

-- The files that the tree in core/README.md names, as "floor/file"; "x.[ch]" names two.
local function files_told()
  local told, floor = {}, nil
  for line in folder.read "core/README.md":gmatch "[^\n]+" do
    floor = line:match "^    (%l[%l/]*)/%s" or floor
    local name = line:match "^      ([%w_]+%.[%w%[%]]+)%s"
    if name and floor then
      local stem = name:match "^(.*)%.%[ch%]$"
      for _, each in ipairs(stem and { stem .. ".c", stem .. ".h" } or { name }) do
        told[floor .. "/" .. each] = true
      end
    end
  end
  return told
end

local function files_there(folder_name, there)
  folder_name, there = folder_name or "", there or {}
  for name in lfs.dir("core/" .. folder_name) do
    local path = folder_name == "" and name or folder_name .. "/" .. name
    if lfs.attributes("core/" .. path, "mode") == "directory" then
      if not name:find "^%." then files_there(path, there) end
    elseif folder_name ~= "" and (name:find "%.[ch]$" or name:find "%.lua$") then
      there[path] = true
    end
  end
  return there
end

-- The specs as tests/README.md lists them, a heading a room, as "room/name_spec.lua"; and as they lie.
local function specs_told(manual)
  local told, room = {}, nil
  for line in manual:gmatch "[^\n]+" do
    room = line:match "^### (%l+):" or room
    local name = line:match "^| `([%w_]+_spec%.lua)` |"
    if name then told[room .. "/" .. name] = true end
  end
  return told
end

local function specs_there()
  local there = {}
  for _, path in ipairs(graph.files("tests/spec", "_spec%.lua$")) do there[path:match "^tests/spec/(.*)$"] = true end
  return there
end

-- The names of one set that are not in another, in order.
local function missing(from, set)
  local names = {}
  for name in pairs(from) do
    if not set[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

describe("the READMEs", function()
  for _, page in ipairs { "README.md", "plugins/README.md", "lua/manual/commands.md" } do
    local blocks = named_blocks(page)

    it("have Lua with a name: " .. page, function() assert.is_true(#blocks > 0) end)

    for _, block in ipairs(blocks) do
      it(("have Lua that compiles: %s, %s"):format(page, block.name), function()
        assert(load(block.text, "=" .. block.name, "t"))
      end)
    end
  end

  it("begin with a step as the example school has it", function()
    assert.are.equal("-- plugins/local/steps/breakfast-club.lua\n"
      .. folder.read "examples/oakfield/plugins/local/steps/breakfast-club.lua", named_blocks("README.md")[1].text)
  end)

  it("tell of every command", function()
    local manual, names = folder.read "lua/manual/commands.md", commands_of(help_of "")
    assert.is_true(#names > 5)
    for _, name in ipairs(names) do
      local plain = name:gsub("%-", "%%-")
      assert.is_truthy(manual:find("\n## [%l, -]*" .. plain .. "%f[^%l-]"), name .. " has no section")
      local shown = manual:find("\n    %$ waymark " .. plain .. "[ \n]")
      assert.is_truthy(shown or name == "repl", name .. " has no example")
    end
    for _, name in ipairs(commands_of(help_of "plugin")) do
      assert.is_truthy(manual:find("| `plugin " .. name .. "[ `]"), "plugin " .. name)
    end
  end)

  it("tell of every method of a school of the kit", function()
    local reference, count = readme.section("plugins/README.md", "Testing: the kit"), 0
    for name in folder.read "lua/waymark/kit/types.d.lua":gmatch "\nfunction school:([%l_]+)" do
      assert.is_truthy(reference:find("`:" .. name .. "%f[^%l_]"), name)
      count = count + 1
    end
    assert.is_true(count > 15)
  end)

  -- In running text, `waymark COMMAND --option`: the command and its options are there.
  it("name commands and options that there are", function()
    local helps, count = {}, 0
    local pages <close> = io.popen "git ls-files '*.md'"
    for page in pages:lines() do
      for code in folder.read(page):gmatch "`waymark ([%l][^`]*)`" do
        local command = code:match "^plugin %l+" or code:match "^import %l[%l-]*" or code:match "^[%l-]+"
        helps[command] = helps[command] or help_of(command)
        assert.is_truthy(helps[command]:find("Usage: waymark " .. command:gsub("%-", "%%-")), page .. ": " .. code)
        for option in code:gmatch "%-%-[%l-]+" do
          assert.is_truthy(helps[command]:find(option, 1, true) or option == "--help", page .. ": " .. code)
        end
        count = count + 1
      end
    end
    assert.is_true(count > 20)
  end)

  it("tell which version the data of a workspace have", function()
    local w = workspace.new {}
    finally(function() w:remove() end)
    local file <close> = assert(io.open(w.dir .. "/waymark.db", "rb"))
    local version = (">I4"):unpack(file:read(64):sub(61)) -- user_version; see SQLite's file format
    assert.equal(tostring(version), folder.read("core/store/README.md"):match "this is version (%d+)")
  end)

  it("tell of every file of core, and of no other", function()
    local told, there = files_told(), files_there()
    assert.is_truthy(told["base/date.c"] and told["base/date.h"])
    assert.are.same({}, missing(there, told))
    assert.are.same({}, missing(told, there))
  end)

  it("tell of every file of the tests, and of no other", function()
    local manual, missed = folder.read "tests/README.md", {}
    for _, place in ipairs { "support", "fault", "fuzz", "fixtures" } do
      for name in lfs.dir("tests/" .. place) do
        local told = manual:find("`" .. name .. "`", 1, true) or manual:find("/" .. name .. "`", 1, true)
        if name:find "^%w" and not told then missed[#missed + 1] = place .. "/" .. name end
      end
    end
    table.sort(missed)
    assert.are.same({}, missed)
    assert.are.same({}, missing(specs_there(), specs_told(manual)))
    assert.are.same({}, missing(specs_told(manual), specs_there()))
  end)

  -- The anchors of a page, as GitHub makes them of headings.
  local function anchors_of(path)
    local anchors = {}
    for heading in ("\n" .. folder.read(path)):gmatch "\n#+ ([^\n]+)" do
      anchors[heading:lower():gsub("[^%w%- ]", ""):gsub(" ", "-")] = true
    end
    return anchors
  end

  it("link to what is there", function()
    local pages = io.popen "git ls-files '*.md'"
    for page in pages:lines() do
      for target in folder.read(page):gmatch "%]%(([^)]+)" do
        local path, anchor = target:match "^([^#]*)#?(.*)$"
        path = path == "" and page or (page:match "^.*/" or "") .. path
        if not target:find "^%a+:" then
          assert.is_truthy(lfs.attributes(path, "mode"), page .. " links to " .. target)
          assert.is_true(anchor == "" or anchors_of(path)[anchor], page .. " links to " .. target)
        end
      end
    end
    pages:close()
  end)
end)

describe("the first plugin of plugins/README.md", function()
  local w

  local ADA, BEN = "A801200005001", "B801200005002"

  local function suggested(upn, step)
    for _, each in ipairs(w:json "suggest --as-of 2025-09-12 --dry-run") do
      if each.upn == upn and each.step == step then return each end
    end
  end

  setup(function()
    w = workspace.new {
      settings = workspace.essex .. 'use "oakfield"\n',
      files = {
        ["pupils.csv"] = ("upn,surname,forename,dob,year\n%s,Byron,Ada,2015-05-05,5\n%s,Stone,Ben,2015-05-06,5\n")
          :format(ADA, BEN),
        ["marks.csv"] = workspace.registers {
          [ADA] = workspace.with("2025-09-02", "2025-09-12",
            { ["2025-09-10"] = "I I", ["2025-09-11"] = "I I", ["2025-09-12"] = "I I" }),
          [BEN] = workspace.with("2025-09-02", "2025-09-12",
            { ["2025-09-10"] = "/ I", ["2025-09-11"] = "I I", ["2025-09-12"] = "I I" }),
        },
      },
    }
    for path, text in pairs(first_plugin()) do w:file("w/" .. path, text) end
    w:ok "import pupils pupils.csv"
    w:ok "import marks marks.csv"
  end)

  teardown(function() w:remove() end)

  it("is all there", function()
    local files = first_plugin()
    for _, name in ipairs { "plugin.lua", "init.lua", "steps/keep-in-touch.lua", "steps/initial-concern.lua" } do
      assert.is_truthy(files["plugins/oakfield/" .. name], name)
    end
  end)

  it("suggests its step after three days of illness", function()
    local found = suggested(ADA, "keep-in-touch")
    assert.are.equal("oakfield", found.plugin)
    assert.are.equal("ill-now from 2025-09-10 AM", found.concern)
    assert.are.equal(6, found.evidence[1].count)
    assert.are.same({ "2025-09-12", "PM", "I" }, found.evidence[1].sessions[6])
  end)

  it("suggests nothing after two and a half", function()
    assert.is_nil(suggested(BEN, "keep-in-touch"))
  end)

  it("takes another number from the settings", function()
    workspace.write(w.dir .. "/waymark.lua", workspace.essex .. 'use "oakfield" { ill_sessions = 4 }\n')
    finally(function() workspace.write(w.dir .. "/waymark.lua", workspace.essex .. 'use "oakfield"\n') end)
    assert.are.equal(5, suggested(BEN, "keep-in-touch").evidence[1].count)
  end)

  it("keeps the road map of Essex, with a step more and another title", function()
    local info = w:ok "plugin info oakfield"
    assert.is_truthy(info:find "\nabsence%-callback [^\n]*\nkeep%-in%-touch [^\n]*\npupil%-check%-in ")
    assert.is_truthy(info:find "\ninitial%-concern +A cup of tea with the family +listen +oakfield")
    assert.is_truthy(info:find "\nlegal%-intervention ")
  end)
end)
