-- "Your first plugin in ten minutes", of plugins/README.md, from the first line to the
-- last: every file is there as it is shown, every command is run, and prints what is shown.

local folder = require "tests.support.folder"
local readme = require "tests.support.readme"
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
