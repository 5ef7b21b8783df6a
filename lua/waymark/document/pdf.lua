-- document/pdf: a page of HTML as a PDF, through the program weasyprint where it is installed.
--
-- The page loads nothing (document/html says so before it comes here); and the program is run in
-- a jail of its own (core/worker/page_jail.h): no network, and no files but those of its folder,
-- where it is started. The same page at the same `now` gives the same bytes.
-- A page with a name that no font of the machine has is refused (document/fonts); the fonts are
-- asked for in the same jail. No shell is given a word of the page, or its name.

local core = require "waymark.core"
local files = require "waymark.base.files"
local fonts = require "waymark.document.fonts"
local paths = require "waymark.base.paths"
local problem = require "waymark.base.problem"

local pdf = {}

local most_seconds, no_program = 120, 127

-- A folder of the workspace has the page while it is worked on, for the owner alone: one for each
-- page, in .pdf, since others may make PDFs at the same time, and the weasyprint of a command that
-- was killed may still be at work. Beside it a file of its name is locked as long as its command runs.
local function scratch_of(folder) return folder .. "/.pdf" end

local function remove(path)
  if files.kind(path) == "directory" then
    for _, name in ipairs(files.names(path)) do os.remove(path .. "/" .. name) end
  end
  os.remove(path)
end

-- Take away what was left behind: a page is about a child.
function pdf.clear(folder)
  local scratch = scratch_of(folder)
  local is_link = files.kind(scratch) == "link"
  for _, name in ipairs(is_link and {} or files.names(scratch)) do
    local lock = name:find "%.lock$" and name or name .. ".lock"
    local handle = files.kind(scratch .. "/" .. lock) == "file" and files.lock(scratch .. "/" .. lock)
    if handle ~= false or not files.exists(scratch .. "/" .. lock) then
      remove(scratch .. "/" .. lock:gsub("%.lock$", ""))
      remove(scratch .. "/" .. name)
      os.remove(scratch .. "/" .. lock)
    end
    if handle then handle:close() end
  end
  os.remove(scratch)
end

local most_tries = 20

-- A place for one page: what will be there, in the order in which it is taken away. Made before anything is there,
-- so that it can be taken away without memory, too.
local function new_place(html, folder)
  local top = scratch_of(folder)
  local path = top .. "/" .. core.system.sha256(html .. math.random(0)):sub(1, 32)
  return { path .. "/page.html", path .. "/page.pdf", path .. "/page.fonts", path, path .. ".lock", top,
    top = top, path = path, lock = false }
end

-- Others may clear .pdf meanwhile.
local function take_place(place)
  local why
  for _ = 1, most_tries do
    problem.check(files.make_folder(place.top))
    place.lock, why = files.lock(place.path .. ".lock")
    if place.lock and files.exists(place.path .. ".lock") then return problem.check(files.make_folder(place.path)) end
    if place.lock then place.lock:close() end
    place.lock = false
  end
  problem.raise("cannot work in %s: %s", place.top, why or "others keep clearing it; try again")
end

local function leave_place(place)
  if place.lock then place.lock:close() end
  for i = 1, #place do pcall(os.remove, place[i]) end
end

-- What people read of a page: its texts, and the title that stands at the foot of each sheet.
local function read_of(html)
  local elements, text = core.html(html)
  local parts = { text }
  for _, element in ipairs(elements) do
    for _, pair in ipairs(element.attributes) do
      if pair[1] == "title" or pair[1] == "alt" then parts[#parts + 1] = pair[2] end
    end
  end
  return table.concat(parts, "\n")
end

-- -> bytes; raises problems
local function make(html, place, now)
  take_place(place)
  problem.check(files.write(place.path .. "/page.html", html))
  local function run(...)
    return core.system.run({ problem.check(paths.worker()), "page", place.path, ... },
      { "LANG=C.UTF-8", "SOURCE_DATE_EPOCH=" .. now, "PATH=" .. (os.getenv "PATH" or "/usr/bin") }, most_seconds)
  end
  local fonts_status = run("sh", "-c", fonts.query .. " >page.fonts") -- in the same jail, so of the same fonts
  local known = fonts_status == 0 and files.read(place.path .. "/page.fonts")
  local lost = known and fonts.fault(read_of(html), known)
  local status, said, bytes
  if not lost then
    status, said = run("weasyprint", "-q", "-e", "utf-8", "page.html", "page.pdf")
    bytes = status == 0 and files.read(place.path .. "/page.pdf")
  end
  if lost then
    error(lost, 0)
  elseif status == no_program then
    problem.raise "a PDF needs the program weasyprint, which is not installed; on Debian: apt install weasyprint"
  elseif not (bytes and bytes:find "^%%PDF") then
    problem.raise("weasyprint could not make the PDF: %s; the HTML can be printed from a browser instead",
      core.escape((said:match "([^\n]+)%s*$" or "it said nothing"):sub(1, 300)))
  elseif not known then
    problem.raise "a PDF needs the program fc-list, so that no name is lost; on Debian: apt install fontconfig"
  end
  return bytes
end

-- `folder`: that of the workspace. -> bytes; raises problems
function pdf.of(html, folder, now)
  pdf.clear(folder)
  local place = new_place(html, folder)
  local ok, bytes = pcall(make, html, place, now)
  leave_place(place)
  if not ok then error(bytes, 0) end
  return bytes
end

return pdf
