-- What a command reads to begin with: no Lua file, and no plugin before one is needed.

local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

describe("the program", function()
  local top

  local function version() return io.popen(("'%s/build/waymark' --version"):format(top)):read "a" end

  setup(function()
    top = folder.new()
    assert(os.execute(("mkdir -p '%s/build' '%s/lua/waymark' && cp '%s' '%s/build/waymark'"):format(top, top,
      workspace.program(), top)))
  end)

  teardown(function() folder.remove(top) end)

  it("has its Lua in it", function() assert.equal("waymark 0.1.0\n", version()) end)

  it("reads a source that was edited since it was built, and no older one", function()
    local path = top .. "/lua/waymark/version.lua"
    folder.write(path, 'return { program = "edited" }')
    assert.equal("waymark edited\n", version())
    assert(os.execute(("touch -d 2020-01-01 '%s'"):format(path)))
    assert.equal("waymark 0.1.0\n", version())
  end)

  it("is not built of half of its Lua", function()
    local said = io.popen("lua5.4 core/script/embed.lua /dev/full chunk_sdk lua/sdk lua/sdk/check.lua 2>&1; echo $?")
    assert.equal("embed: cannot write /dev/full\n1\n", said:read "a")
  end)

  -- How much it takes depends on the machine's libraries: from too little for them to enough for it.
  it("says what to do when memory is too short for it, wherever that is", function()
    local no_memory = "waymark: out of memory; close other programs or use a machine with more memory\n"
    if (os.getenv "PRELOAD" or "") ~= "" then return end -- a sanitizer takes all addresses there are
    local short, done = 0, nil
    for kilobytes = 10000, 60000, 500 do
      local said = io.popen(("ulimit -v %d; exec '%s/build/waymark' help step 2>&1"):format(kilobytes, top)):read "a"
      done = said:find "^step" ~= nil
      if done then break end
      if said == no_memory then short = short + 1 end
      assert.truthy(said == no_memory or said:find "shared" or said == "", said)
    end
    assert.is_true(done)
    assert.is_true(short > 0)
  end)
end)

describe("a new workspace", function()
  it("asks of the plugins that ship only those that extend none whether they bring a road map", function()
    local plugins, road_map = require "waymark.plugin", require "waymark.plugin.road_map"
    local declare, asked = plugins.declare, {}
    finally(function() plugins.declare = declare end)
    function plugins.declare(set, ...)
      asked[#asked + 1] = set.served
      return declare(set, ...)
    end
    local maps = road_map.available { known = {} }
    assert.same({ "arbor", "bromcom", "callbacks", "ctf", "england", "exports", "scholarpack", "sims", "support-first",
      "thresholds", "wonde" }, asked)
    for i, map in ipairs(maps) do maps[i] = map.name end
    assert.same({ "buckinghamshire", "central-bedfordshire", "essex", "norfolk", "support-first" }, maps)
  end)
end)

describe("a question", function()
  local w

  setup(function()
    w = workspace.new { settings = 'use "england"\nuse "nowhere"\n' }
  end)

  teardown(function() w:remove() end)

  it("that needs no plugin reads none", function()
    assert.equal("2\n", w:ok [[-e 'x = 1 print(x + 1)']])
    assert.equal("0\n", w:ok [[-e 'for row in sql "SELECT count(*) FROM pupils" do print(row[1]) end']])
    assert.equal("true\n", w:ok [[-e 'print(date.weekday "2026-03-20" == 5 and rate ~= nil)']])
  end)

  it("about rules reads no step of a road map", function()
    local other = workspace.new {}
    finally(function() other:remove() end)
    local opened = require("waymark").open(other.dir)
    assert.equal(10, opened.plugins.england.national.at_least)
    local declared = opened.space.maps[1].declared
    assert.is_nil(rawget(declared, "steps"))
    assert.truthy(declared.steps_by_name["absence-callback"].place)
    opened:close()
  end)

  it("that needs what they declare says why it cannot be had, at each of them", function()
    for _, line in ipairs { "print(england.national)", "for p in pupils() do print(p) end",
      "pcall(pupils) print(england)" } do
      local r = w:expect(1, ("-e '%s'"):format(line))
      assert.truthy(r.err:find('^waymark: [^\n]*there is no plugin "nowhere"; look at: waymark plugin list\n$'), r.err)
    end
  end)
end)
