-- The floors of core/ are a tree: nothing includes sideways or upwards; and the
-- host's Lua and the SDK keep apart.

local lfs = require "lfs"

local below = {
  base = {},
  attendance = { "base" },
  script = { "attendance", "base" },
  store = { "attendance", "base" },
  worker = { "script", "attendance", "base" },
  host = { "store", "worker", "script", "attendance", "base" },
}

-- Which outside headers a floor must not see.
local barred = {
  base = { "lua", "sqlite3", "csv", "jansson", "openssl/evp" },
  attendance = { "lua", "sqlite3", "csv", "jansson", "openssl/evp", "stdio_ext" },
  script = { "sqlite3", "csv" },
  store = { "lua", "lauxlib" },
  worker = { "sqlite3", "csv" },
  host = { "sqlite3", "csv" },
}

local function files_in(folder, pattern)
  local list = {}
  for name in lfs.dir(folder) do
    local path = folder .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" and not name:find "^%." then
      for _, inner in ipairs(files_in(path, pattern)) do list[#list + 1] = inner end
    elseif name:find(pattern) then
      list[#list + 1] = path
    end
  end
  table.sort(list)
  return list
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function set(list)
  local found = {}
  for _, name in ipairs(list) do found[name] = true end
  return found
end

describe("the floors of core", function()
  for floor, lower in pairs(below) do
    it(floor .. " includes only itself and what is below it", function()
      local allowed, wrong = set(lower), {}
      allowed[floor] = true
      local sources = files_in("core/" .. floor, "%.[ch]$")
      assert.is_true(#sources > 0)
      for _, path in ipairs(sources) do
        for included in read(path):gmatch '#include%s+"([%w_]+)/' do
          if not allowed[included] then wrong[#wrong + 1] = path .. " includes " .. included end
        end
      end
      assert.same({}, wrong)
    end)

    it(floor .. " does not see what belongs to another floor", function()
      local out, wrong = set(barred[floor]), {}
      for _, path in ipairs(files_in("core/" .. floor, "%.[ch]$")) do
        for header in read(path):gmatch "#include%s+<([%w_/]+)%.h>" do
          if out[header] then wrong[#wrong + 1] = path .. " includes " .. header end
        end
      end
      assert.same({}, wrong)
    end)
  end

  it("every header of another file is named with its floor", function()
    local wrong = {}
    for _, path in ipairs(files_in("core", "%.[ch]$")) do
      for included in read(path):gmatch '#include%s+"([^"]+)"' do
        if not included:find "/" then wrong[#wrong + 1] = path .. " includes " .. included end
      end
    end
    assert.same({}, wrong)
  end)
end)

describe("the floors of Lua", function()
  local function requires(folder)
    local found = {}
    for _, path in ipairs(files_in(folder, "%.lua$")) do
      for name in read(path):gmatch "require%s*%(?%s*[\"']([%w_.-]+)" do found[#found + 1] = { path, name } end
    end
    return found
  end

  it("the SDK requires only the SDK and the core", function()
    local modules, wrong = { core = true }, {}
    for _, path in ipairs(files_in("lua/sdk", "%.lua$")) do modules[path:match "([%w_]+)%.lua$"] = true end
    for _, each in ipairs(requires "lua/sdk") do
      if not modules[each[2]] and each[2] ~= "england" and each[2] ~= "essex.words" then
        wrong[#wrong + 1] = each[1] .. " requires " .. each[2]
      end
    end
    assert.same({}, wrong)
  end)

  it("plugins require only plugins that they name", function()
    local wrong = {}
    for _, each in ipairs(requires "plugins") do
      local own = each[1]:match "^plugins/([^/]+)/"
      local manifest = read("plugins/" .. own .. "/plugin.lua")
      local is_spec = each[1]:find("/spec/", 1, true) -- a program of its own, with the kit
      local plugin = each[2]:match "^[^.]+" -- england.days is a file of england
      if plugin ~= own and not is_spec and not manifest:find('"' .. plugin .. '"', 1, true) then
        wrong[#wrong + 1] = each[1] .. " requires " .. each[2]
      end
    end
    assert.same({}, wrong)
  end)
end)
