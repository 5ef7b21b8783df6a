-- readme: the parts of a README that can be run: files, and commands with what they print.
--
--   readme.section(path, title)   the text of a section "## title"
--   readme.parts(text)            -> { { file =, text = } | { command =, output = { lines } }, … }
--   readme.differs(expected, lines)   nil, or what differs; "…" stands for any lines

local folder = require "tests.support.folder"

local readme = {}

function readme.section(path, title)
  local text = folder.read(path) .. "\n## "
  local from = assert(text:find("\n## " .. title .. "\n", 1, true), "no section " .. title)
  return text:sub(from + 1, text:find("\n## ", from + 1, true))
end

-- A ```lua block whose first line names its file.
local function read_block(lines, at, parts)
  local name, body = lines[at + 1]:match "^%-%- ([%w/_%.-]+%.lua)$", {}
  at = at + 2
  while lines[at] ~= "```" do
    body[#body + 1] = lines[at]
    at = at + 1
  end
  assert(name, "a block without the name of its file")
  parts[#parts + 1] = { file = name, text = table.concat(body, "\n") .. "\n" }
  return at + 1
end

-- Blank lines within an output belong to it, those at its end do not.
local function read_command(lines, at, parts)
  local part = { command = lines[at]:match "^    %$ (.*)$", output = {}, line = at }
  at = at + 1
  while lines[at] and (lines[at]:find "^    [^$]" or lines[at]:find "^    %$[^ ]" or lines[at] == "") do
    part.output[#part.output + 1] = lines[at]:sub(5)
    at = at + 1
  end
  while part.output[#part.output] == "" do part.output[#part.output] = nil end
  parts[#parts + 1] = part
  return at
end

function readme.parts(text)
  local lines, parts, at = {}, {}, 1
  for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  while lines[at] do
    if lines[at] == "```lua" then
      at = read_block(lines, at, parts)
    elseif lines[at]:find "^    %$ " then
      at = read_command(lines, at, parts)
    else
      at = at + 1
    end
  end
  return parts
end

local function matches(expected, e, lines, l)
  if expected[e] == nil then return lines[l] == nil end
  if expected[e]:find "^%s*…$" then
    for from = l, #lines + 1 do
      if matches(expected, e + 1, lines, from) then return true end
    end
    return false
  end
  return expected[e] == lines[l] and matches(expected, e + 1, lines, l + 1)
end

function readme.differs(expected, lines)
  while lines[#lines] == "" do lines[#lines] = nil end
  if matches(expected, 1, lines, 1) then return nil end
  return ("expected\n%s\n\nbut it prints\n%s"):format(table.concat(expected, "\n"), table.concat(lines, "\n"))
end

return readme
