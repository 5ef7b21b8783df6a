-- process: runs a command under run.c, and keeps what it took by name.
--
--   local p = process.new(folder for its own files, path of `run`)
--   p:run(name, { "waymark", "-C", … }, { out = path, also = status, env = "A=b" })
--       -> result { wall, cpu, peak (MB), values = what it printed as key=value }
--   p:median(name, field) -> number | nil
--
-- A name of nil is not kept. A command that fails stops the bench.

local process = {}
process.__index = process

function process.new(folder, program)
  return setmetatable({ folder = folder, program = program, samples = {} }, process)
end

function process.quote(text) return "'" .. text:gsub("'", [['\'']]) .. "'" end

function process.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

function process.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

local function command_line(self, words, options)
  local parts = { options.env or "", process.quote(self.program), process.quote(self.folder .. "/took") }
  for _, word in ipairs(words) do parts[#parts + 1] = process.quote(tostring(word)) end
  parts[#parts + 1] = ("> %s 2> %s"):format(process.quote(options.out or self.folder .. "/out"),
    process.quote(self.folder .. "/err"))
  return table.concat(parts, " ")
end

local function values_of(text)
  local values = {}
  for key, value in text:gmatch "([^\n=]+)=([^\n]*)" do values[key] = value end
  return values
end

function process:run(name, words, options)
  options = options or {}
  local _, _, status = os.execute(command_line(self, words, options))
  if status ~= 0 and status ~= options.also then
    error(("%s ended with status %s: %s"):format(table.concat(words, " "), status,
      process.read(self.folder .. "/err"):sub(1, 2000)), 0)
  end
  local took = {}
  for key, value in process.read(self.folder .. "/took"):gmatch "(%w+)=(%S+)" do took[key] = tonumber(value) end
  local result = { wall = took.wall, cpu = took.user + took.sys, peak = took.peak / 1024,
    values = options.out and {} or values_of(process.read(self.folder .. "/out")) }
  result.inner = tonumber(result.values.seconds)
  self:keep(name, result)
  return result
end

function process:keep(name, result)
  if not name then return end
  self.samples[name] = self.samples[name] or {}
  table.insert(self.samples[name], result)
end

function process:median(name, field)
  local list = {}
  for _, result in ipairs(self.samples[name] or {}) do list[#list + 1] = result[field] end
  table.sort(list)
  return list[#list // 2 + 1]
end

return process
