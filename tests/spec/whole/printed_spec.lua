-- What every README and every page of the manual prints is so: each command is run in a copy of
-- the example school as `make demo` leaves it, and prints what is shown below it. What the front
-- page shows of `make demo` is compared with what that prints.
--
-- UPDATE=1 sh tests/run.sh tests/spec/printed_spec.lua writes what is printed now into the pages;
-- read it before you keep it.

local folder = require "tests.support.folder"
local readme = require "tests.support.readme"
local workspace = require "tests.support.workspace"

-- What builds and tests Waymark itself is told in tests/README.md, and not run here.
local function pages()
  local list = {}
  for _, place in ipairs { ".", "core", "core/*", "lua", "lua/manual", "plugins", "examples", "examples/*" } do
    local pipe <close> = io.popen(("ls -d %s/*.md 2>/dev/null"):format(place))
    for path in pipe:lines() do
      path = path:gsub("^%./", "")
      if path ~= "CHANGELOG.md" then list[#list + 1] = path end
    end
  end
  return list
end

-- The text, in which sections that make the example school themselves are empty: they are run
-- by first_plugin_spec.
local function without_first_plugin(text)
  return (("\n" .. text .. "\n## "):gsub("(.-\n)%f[#]## ", function(section)
    if section:find("\n    $ make demo\n", 1, true) then section = section:gsub("[^\n]+", "") end
    return section .. "## "
  end):sub(2))
end

local function shell(line)
  local pipe <close> = io.popen(line)
  return pipe:read "a"
end

-- A place like the top of the repository, in which demo.sh has run. -> path, what it printed
local function make_demo()
  local top, here = folder.new(), shell("pwd"):match "[^\n]+"
  for _, name in ipairs { "examples", "plugins", "lua" } do
    assert(os.execute(("ln -s '%s/%s' '%s/%s'"):format(here, name, top, name)))
  end
  assert(os.execute(("ln -s '%s' '%s/build'"):format(workspace.build(), top)))
  return top, shell(("cd '%s' && BUILD=build sh examples/demo.sh 2>&1 </dev/null"):format(top))
end

-- What demo.sh printed, by command.
local function by_command(lines)
  local printed, of = {}, nil
  for _, line in ipairs(lines) do
    local command = line:match "^%$ (.*)$"
    if command then
      of = {}
      printed[command] = of
    elseif of then
      of[#of + 1] = line
    end
  end
  return printed
end

local top, demo, last_words

setup(function()
  local text
  top, text = make_demo()
  demo, last_words = by_command(readme.lines(text)), text:match "\nWhat to try next\n.*"
end)
teardown(function() folder.remove(top) end)

-- A copy of the example school for one page.
local function copy_for(commands)
  local place = folder.new()
  assert(os.execute(([[cd '%s' && cp -P examples plugins lua build '%s' && mkdir '%s/demo' &&
    cp -R demo/oakfield '%s/demo/' && ln -s "$PWD/demo/files" "$PWD/demo/week" '%s/demo/']]):format(top, place, place,
    place, place)))
  return place, readme.run(commands, place)
end

it("make demo ends with commands that can be tried", function()
  local count = 0
  for command in last_words:gmatch "\n  build/(waymark [^\n]*)" do
    count = count + 1
    local line = ("cd '%s' && build/%s >.out 2>&1 </dev/null"):format(top, command)
    assert(os.execute(line), command)
  end
  assert.is_true(count > 5)
end)

-- A page with the outputs of those commands that print something else now.
local function update(path, commands, printed)
  local lines = readme.lines(folder.read(path))
  if lines[#lines] == "" then lines[#lines] = nil end
  for i = #commands, 1, -1 do
    local part = commands[i]
    if readme.differs(part.output, printed[i]) then
      for _ = 1, #part.output do table.remove(lines, part.from) end
      for k, line in ipairs(readme.renewed(part.output, printed[i])) do
        table.insert(lines, part.from + k - 1, line == "" and "" or "    " .. line)
      end
    end
  end
  folder.write(path, table.concat(lines, "\n") .. "\n")
end

for _, path in ipairs(pages()) do
  local parts, others = readme.parts(without_first_plugin(folder.read(path)))
  local commands = {}
  for _, part in ipairs(parts) do
    if part.command then commands[#commands + 1] = part end
  end

  describe(path, function()
    local place, printed
    setup(function()
      if #commands == 0 then return end
      place, printed = copy_for(commands)
      for i, part in ipairs(commands) do
        printed[i] = path == "README.md" and demo[part.command] or printed[i]
      end
      if os.getenv "UPDATE" then update(path, commands, printed) end
    end)
    teardown(function()
      if place then folder.remove(place) end
    end)

    for i, part in ipairs(commands) do
      it(("prints, %d: %s"):format(i, part.command), function()
        local fault = readme.differs(part.output, printed[i])
        if fault then error(fault, 0) end
      end)
    end

    it("has no command that is not run", function()
      for _, other in ipairs(others) do
        -- With a name to be filled in, or for a machine where it is installed in /srv/waymark.
        local is_form = other[2]:find "%u%u" or other[2]:find("…", 1, true) or other[2]:find("/srv/waymark", 1, true)
        assert.is_false(other[2]:find "^%S*waymark " ~= nil and not is_form, other[2])
      end
    end)
  end)
end
