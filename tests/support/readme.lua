-- readme: the parts of a README or of a page of the manual that can be run: files, and
-- commands with what they print.
--
--   readme.section(path, title)   the text of a section "## title"
--   readme.parts(text)            -> { { file =, text = } | { command =, output = { lines }, from = }, … }
--   readme.run(commands, place)   runs them one after the other in one shell; -> what each prints
--   readme.differs(expected, lines)   nil, or what differs
--   readme.renewed(expected, lines)   what to show instead: lines, with "…" where it had them
--
-- A command is an indented line that begins with "$ "; one that ends with \ or within quotes
-- goes on in the next line. What is indented below it is what it prints: a line that is only "…" stands for
-- any lines, "…" within a line for anything in that line (a time, a path, a size).

local folder = require "tests.support.folder"

local readme = {}

function readme.section(path, title)
  local text = folder.read(path) .. "\n## "
  local from = assert(text:find("\n## " .. title .. "\n", 1, true), "no section " .. title)
  return text:sub(from + 1, text:find("\n## ", from + 1, true))
end

-- A ```lua block whose first line names its file; without one it is read by people alone.
local function read_block(lines, at, parts)
  local name, body = (lines[at + 1] or ""):match "^%-%- ([%w/_%.-]+%.lua)$", {}
  at = at + (name and 2 or 1)
  while lines[at] and lines[at] ~= "```" do
    body[#body + 1] = lines[at]
    at = at + 1
  end
  if name then parts[#parts + 1] = { file = name, text = table.concat(body, "\n") .. "\n" } end
  return at + 1
end

-- Whether a line of the shell goes on: it ends with a backslash, or within quotes.
local function goes_on(command)
  local quote
  for c in command:gmatch "[\"']" do
    if quote == c then quote = nil else quote = quote or c end
  end
  return quote ~= nil or command:find "\\$" ~= nil
end

-- Blank lines within an output belong to it, those at its end do not.
local function read_command(lines, at, parts)
  local part = { command = lines[at]:match "^    %$ (.*)$", output = {}, line = at }
  while goes_on(part.command) and lines[at + 1] do
    at = at + 1
    part.command = part.command .. "\n" .. lines[at]
  end
  at = at + 1
  part.from = at
  while lines[at] and (lines[at]:find "^    [^$]" or lines[at]:find "^    %$[^ ]" or lines[at] == "") do
    part.output[#part.output + 1] = lines[at]:sub(5)
    at = at + 1
  end
  while part.output[#part.output] == "" do part.output[#part.output] = nil end
  parts[#parts + 1] = part
  return at
end

-- -> parts, and the indented lines that are none: { { line number, text }, … }
function readme.parts(text)
  local lines, parts, others, at = {}, {}, {}, 1
  for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  while lines[at] do
    if lines[at] == "```lua" then
      at = read_block(lines, at, parts)
    elseif lines[at]:find "^    %$ " then
      at = read_command(lines, at, parts)
    else
      if lines[at]:find "^    %S" then others[#others + 1] = { at, lines[at]:sub(5) } end
      at = at + 1
    end
  end
  return parts, others
end

function readme.lines(text)
  local lines = {}
  for line in (text:gsub("\n?$", "\n")):gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

-- One shell, in the folder `place`, so that `cd` and `alias` hold to the end; `waymark` is the
-- program in place/build. A file that `cat NAME` shows and that is not there is made of what is
-- shown.
function readme.run(commands, place)
  local script = { ("cd '%s'\nPATH=\"$PWD/build:$PATH\""):format(place) }
  for i, part in ipairs(commands) do
    local out = ("%s/.out-%d"):format(place, i)
    local shown = part.command:match "^cat ([%w./_-]+)$"
    if shown and #part.output > 0 then
      folder.write(out .. ".shown", table.concat(part.output, "\n") .. "\n")
      script[#script + 1] = ("[ -e '%s' ] || cp '%s.shown' '%s'"):format(shown, out, shown)
    end
    script[#script + 1] = ("{\n%s\n} >'%s' 2>&1 </dev/null"):format(part.command, out)
  end
  folder.write(place .. "/.script", table.concat(script, "\n") .. "\n")
  os.execute(("sh '%s/.script'"):format(place))
  local printed = {}
  for i in ipairs(commands) do printed[i] = readme.lines(folder.read(("%s/.out-%d"):format(place, i))) end
  return printed
end

local function line_matches(expected, line)
  if expected == line then return true end
  if not line or not expected:find("…", 1, true) then return false end
  local pattern = expected:gsub("%p", "%%%0"):gsub("…", ".-")
  return line:find("^" .. pattern .. "$") ~= nil
end

local function matches(expected, e, lines, l)
  if expected[e] == nil then return lines[l] == nil end
  if expected[e]:find "^%s*…$" then
    for from = l, #lines + 1 do
      if matches(expected, e + 1, lines, from) then return true end
    end
    return false
  end
  return line_matches(expected[e], lines[l]) and matches(expected, e + 1, lines, l + 1)
end

function readme.differs(expected, lines)
  while lines[#lines] == "" do lines[#lines] = nil end
  if matches(expected, 1, lines, 1) then return nil end
  return ("expected\n%s\n\nbut it prints\n%s"):format(table.concat(expected, "\n"), table.concat(lines, "\n"))
end

-- The runs of lines between lines that are only "…".
local function runs_of(expected)
  local runs = { {} }
  for _, line in ipairs(expected) do
    if line:find "^%s*…$" then
      runs[#runs + 1] = {}
    else
      table.insert(runs[#runs], line)
    end
  end
  return runs
end

-- Where a run of lines begins: the first at its beginning, the last at its end, others where
-- their first line is found again, or one that begins alike.
local function place_of(run, runs, i, lines, from)
  if i == 1 then return 1 end
  if i == #runs then return math.max(from, #lines - #run + 1) end
  for _, alike in ipairs { line_matches, function(a, b) return a:sub(1, 16) == b:sub(1, 16) end } do
    for at = from, #lines do
      if alike(run[1], lines[at]) then return at end
    end
  end
  return from
end

function readme.renewed(expected, lines)
  local runs, shown, from = runs_of(expected), {}, 1
  if #runs == 1 then runs[1] = lines end
  for i, run in ipairs(runs) do
    if i > 1 then shown[#shown + 1] = "…" end
    local at = place_of(run, runs, i, lines, from)
    for k = 1, #run do
      local line = lines[at + k - 1]
      shown[#shown + 1] = line and (expected[#shown + 1] and line_matches(expected[#shown + 1], line)
        and expected[#shown + 1] or line)
    end
    from = at + #run
  end
  return shown
end

return readme
