-- "Your first plugin in ten minutes", of plugins/README.md, from the first line to the
-- last: every file is there as it is shown, every command is run, and prints what is shown.

local files = require "waymark.base.files"
local folder = require "tests.support.folder"
local plugin_diff = require "waymark.author.diff"
local plugins = require "tests.support.plugins"
local problem = require "waymark.base.problem"
local readme = require "tests.support.readme"
local words = require "waymark.base.words"
local workspace = require "tests.support.workspace"

local function lines_of(text)
  local lines = {}
  for line in (text:gsub("\n?$", "\n")):gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

-- A copy of this place in which the example school can be made.
local function place_to_work()
  local top, here = folder.new(), io.popen("pwd"):read "l"
  for _, name in ipairs { "examples", "plugins", "lua" } do
    assert(os.execute(("ln -s '%s/%s' '%s/%s'"):format(here, name, top, name)))
  end
  assert(os.execute(("ln -s '%s' '%s/build'"):format(workspace.program():match "^(.*)/", top)))
  return top
end

local function run(top, command)
  command = command == "make demo" and "BUILD=build sh examples/demo.sh >/dev/null" or command
  local out = top .. "/.out"
  os.execute(("cd '%s' && { %s ; } >'%s' 2>&1 </dev/null"):format(top, command, out))
  -- Where luacheck is not installed `plugin check` says so at its end.
  return (folder.read(out):gsub("Style and unused names were not looked at[^\n]*\n", ""))
end

describe("the first plugin, as plugins/README.md has it,", function()
  local top
  setup(function() top = place_to_work() end)
  teardown(function() folder.remove(top) end)

  local parts = readme.parts(readme.section("plugins/README.md", "Your first plugin in ten minutes"))

  it("is told in files and commands", function() assert.is_true(#parts > 12) end)

  for at, part in ipairs(parts) do
    if part.command then
      it(("%d: %s"):format(at, part.command), function()
        local fault = readme.differs(part.output, lines_of(run(top, part.command)))
        if fault then error(fault, 0) end
      end)
    else
      it(("%d: has the file %s"):format(at, part.file), function()
        local path = top .. "/tryout/" .. part.file
        local there = io.open(path, "rb")
        if there then
          there:close()
          assert.are.equal(folder.read(path), part.text)
        else
          folder.write(path, part.text)
        end
      end)
    end
  end
end)

describe("the other parts of plugins/README.md", function()
  it("show a spec that passes", function()
    local top = folder.new()
    finally(function() folder.remove(top) end)
    local part = readme.parts(readme.section("plugins/README.md", "Testing: the kit"))[1]
    assert(os.execute(("mkdir '%s/plugins' && cp -R plugins/callbacks '%s/plugins/'"):format(top, top)))
    assert(os.execute(("rm '%s'/plugins/callbacks/spec/*"):format(top)))
    folder.write(top .. "/plugins/callbacks/spec/first_spec.lua", part.text)
    local said = run(top, ("'%s' plugin test plugins/callbacks"):format(workspace.program()))
    assert.is_truthy(said:find("2 passed, 0 failed", 1, true), said)
  end)
end)

describe("a new plugin", function()
  local w
  before_each(function() w = plugins.school() end)
  after_each(function() w:remove() end)

  local function parent_of(name)
    return folder.read(("%s/plugins/%s/plugin.lua"):format(w.dir, name)):match 'extends = "([^"]*)"'
  end

  it("adds to the road map in use, and says what it stands in for", function()
    assert.is_truthy(w:ok "plugin new first":find('use "first" in waymark.lua.', 1, true))
    assert.are.equal("essex", parent_of "first")
    plugins.write(w, "local", 'extends = "essex", reads = { "registers", "cases" }',
      { ["init.lua"] = "return { road_map = parent.road_map }" })
    plugins.use(w, 'use "england" use "essex" use "callbacks" use "local"')
    assert.is_truthy(w:ok "plugin new one":find('use "one" in waymark.lua.', 1, true))
    assert.are.equal("local", parent_of "one")
    assert.is_truthy(w:ok "plugin test one":find("2 passed, 0 failed", 1, true))
    plugins.use(w, 'use "england" use "one"')
    assert.is_truthy(plugins.refusal(w, "plugin new more"):find(
      'one, which is in use here, has the step "keep-in-touch" already', 1, true))
    plugins.use(w, 'use "england" use "essex" use "callbacks" use "local"')
    assert.is_truthy(w:ok "plugin new two --extends essex":find(
      'use "two" instead of use "local" in waymark.lua.', 1, true))
    assert.is_truthy(w:ok "plugin new three --kind road-map":find(
      'use "three" instead of use "essex" and use "local" in waymark.lua.', 1, true))
  end)

  it("adds to the road map that others build on where none is in use", function()
    plugins.use(w, 'use "england"')
    w:ok "plugin new first"
    assert.are.equal("support-first", parent_of "first")
  end)

  it("takes the whole step that plugins/README.md begins with", function()
    w:ok "plugin new oakfield"
    local shown = readme.parts(readme.section("plugins/README.md", "The loop"))[1]
    w:file("w/" .. shown.file, shown.text)
    assert.is_truthy(w:ok "plugin check oakfield":find("oakfield: nothing to mend.", 1, true))
  end)

  it("extends nothing unless it is a step", function()
    local err = w:expect(2, "plugin new mine --kind hook --extends essex").err
    assert.are.equal("waymark: --extends goes with --kind step only; see: waymark plugin new --help\n", err)
    assert.is_false(files.exists(w.dir .. "/plugins/mine"))
  end)

  it("is made where there is no workspace, too, which is said", function()
    os.execute(("mkdir '%s/bare'"):format(w.top))
    local said = w:ok(("-C '%s/bare' plugin new mine --kind hook"):format(w.top))
    assert.is_truthy(said:find "There is no workspace in .*/bare %(no waymark%.lua%), so plugins/ is made here%.\n")
  end)

  it("is taken away again when it cannot be made whole", function()
    local write, count = files.write, 0
    finally(function() files.write = write end)
    files.write = function(...) -- luacheck: ignore 122
      count = count + 1
      if count == 3 then return nil, "is the disk full?" end
      return write(...)
    end
    local new = require "waymark.commands.plugin.new"
    local ok, raised = pcall(new.run, { folder = w.top, name = "mine", kind = "hook" })
    assert.is_false(ok)
    assert.are.equal("is the disk full?", problem.is(raised) and raised.message or raised)
    assert.is_false(files.exists(w.top .. "/plugins"))
  end)
end)

describe("what a plugin's author reads", function()
  it("has ranges that are open at one end", function()
    assert.are.same({ "2 to 9", "from 2", "at most 9" }, { words.range { least = 2, most = 9 },
      words.range { least = 2 }, words.range { most = 9 }, words.range {} })
  end)

  it("tells of a rule's fields that were taken out, and of another kind", function()
    local function side(kind, spec)
      return { name = kind, manifest = { reads = {}, sends = {} }, chain = { { name = kind, manifest = {},
        files = {} } }, declared = { steps = {}, plugins = {}, hooks = {},
        rules = { { name = "ill", kind = kind, spec = spec } } } }
    end
    local said = {}
    for i, line in ipairs(plugin_diff.lines(side("streak", { codes = "I", at_least = 6 }), side("count", {
      codes = "I", weeks = 4 }))) do said[i] = line.about .. ": " .. line.what end
    assert.are.same({ "ill: rule, kind: streak → count", "ill: rule, at least: 6 → nothing",
      "ill: rule, weeks: nothing → 4" }, said)
  end)
end)
