-- machine: what the figures were measured on, as lines; read from the system, without the
-- names of hosts or folders.
--
--   machine.lines(folder) -> { "processor: …", … }

local machine = {}

local function output(command)
  local pipe = io.popen(command .. " 2>/dev/null")
  local text = pipe and pipe:read "a" or ""
  if pipe then pipe:close() end
  return (text:gsub("%s+$", ""):gsub("\n.*", ""))
end

local function first_of(path, pattern)
  local file = io.open(path)
  if not file then return nil end
  local found = file:read "a":match(pattern)
  file:close()
  return found
end

local function disk(folder)
  local device, kind = output(("df --output=source,fstype '%s' | tail -n 1"):format(folder)):match "^(%S+)%s+(%S+)"
  local name = device and device:match "^/dev/(%a+)%d*$" or ""
  local spins = first_of("/sys/block/" .. name .. "/queue/rotational", "%d")
  local medium = spins == "0" and "not rotational" or spins == "1" and "said to be rotational" or "of a kind not told"
  return ("%s, %s"):format(kind or "unknown", medium)
end

local programs = { "gcc --version", "lua5.4 -v", "sqlite3 --version", "node --version" }

function machine.lines(folder)
  local memory = tonumber(first_of("/proc/meminfo", "MemTotal:%s*(%d+)") or 0)
  local lines = {
    ("processor: %s, %s of them online"):format(first_of("/proc/cpuinfo", "model name%s*:%s*([^\n]+)") or "unknown",
      output "nproc"),
    ("memory: %.1f GiB"):format(memory / 1024 ^ 2),
    "kernel: " .. output "uname -sr":gsub("%-.*", ""),
    "disk: " .. disk(folder),
  }
  for _, command in ipairs(programs) do
    local version = output(command)
    if version ~= "" then lines[#lines + 1] = ("%s: %s"):format(command:match "^%S+", version) end
  end
  lines[#lines + 1] = "libsqlite3: " .. output "pkg-config --modversion sqlite3"
  return lines
end

return machine
