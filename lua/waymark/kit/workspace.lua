-- kit/workspace: the throw-away workspace of a school of the kit: a folder under the
-- system's temporary one, filled and asked through the program `waymark`, as a user
-- would. It is removed when the school is closed or no longer used.
--
-- Asking workers what plugins declare is most of the first command in a workspace. The schools of
-- one process share the answers, each under its key of plugin, settings and engine.

local core = require "waymark.core"
local lfs = require "lfs"
local files = require "waymark.base.files"
local folder = require "waymark.author.folder"
local folders = require "waymark.workspace.folder"
local paths = require "waymark.base.paths"
local declarations = require "waymark.store.declarations"
local host = require "waymark.workspace"
local problem = require "waymark.base.problem"

local workspace = {}
workspace.__index = workspace
workspace.__gc = function(self) self:remove() end
workspace.__close = workspace.__gc

-- The program lies beside the worker, or where both were installed.
local function program()
  local base = problem.check(paths.worker()):match "^(.*)/[^/]+$"
  for _, path in ipairs { base .. "/waymark", base .. "/../../bin/waymark", base .. "/../bin/waymark" } do
    if files.kind(path) == "file" then return path end
  end
  problem.raise("cannot find the program waymark (looked beside %s); install Waymark again", base)
end

function workspace:write(name, text) problem.check(files.replace(self.dir .. "/" .. name, text)) end

local declared = {} -- { [key] = text }

-- A plugin that is at fault is left to the command that asks for it.
local function declare(dir)
  local opened, space = pcall(host.open, dir, "write")
  if not opened then return end
  local asked = {}
  local function use(key, text)
    declared[key], asked[key] = text, text
    return text
  end
  space.context.cache = { may_write = true,
    declaration = function(_, key) return use(key, declared[key]) end,
    put_declaration = function(_, key, text) use(key, text) end }
  pcall(space.load_plugins, space, true)
  space:change(false, function()
    for key, text in pairs(asked) do declarations.put(space.store, key, text, space.now) end
  end)
  space:close()
end

function workspace.new(settings, plugins_folder)
  local self = setmetatable({ program = program(), top = folder.temporary() }, workspace)
  self.dir = self.top .. "/w"
  folders.prepare(self.dir)
  folders.fill(self.dir, settings)
  problem.check(core.store.create(self.dir .. "/waymark.db"))
  if plugins_folder then -- a link, so that what is tried is what the author has there
    problem.check(lfs.rmdir(self.dir .. "/plugins"))
    problem.check(lfs.link(files.absolute(plugins_folder), self.dir .. "/plugins", true))
  end
  declare(self.dir)
  return self
end

-- Run a command, given as a list. -> { status, out, err }
function workspace:run(list, now)
  local out, err = self.top .. "/out", self.top .. "/err"
  local words = table.move(list, 1, #list, now and 6 or 4, { self.program, "-C", self.dir, now and "--now", now })
  for i, each in ipairs(words) do words[i] = files.quoted(tostring(each)) end
  local _, _, status = os.execute(("%s >%s 2>%s </dev/null"):format(table.concat(words, " "), files.quoted(out),
    files.quoted(err)))
  return { status = status, out = problem.check(files.read(out)), err = problem.check(files.read(err)) }
end

-- The same; raises what the command says unless it ends with 0, or it says all of `but`, a pattern. -> out, err
function workspace:must(list, now, but)
  local result = self:run(list, now)
  if result.status ~= 0 and not (but and result.err:find(but)) then
    local said = result.err ~= "" and result.err or result.out
    error((said:gsub("%s+$", ""):gsub("^waymark: ", "")), 0)
  end
  return result.out, result.err
end

-- -> the output as a value, err
function workspace:json(list, now, but)
  list[#list + 1], list[#list + 2] = "--format", "json"
  local out, err = self:must(list, now, but)
  return problem.check(core.decode(out)), err
end

function workspace:remove()
  if self.top then folder.remove(self.top) end
  self.top = nil
end

return workspace
