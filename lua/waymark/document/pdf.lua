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
local scratch = require "waymark.base.scratch"

local pdf = {}

local most_seconds, no_program = 120, 127

-- A folder of the workspace has the page while it is worked on: one for each page, since the weasyprint of a command
-- that was killed may still be at work.
local function scratch_of(folder) return folder .. "/.pdf" end

-- Take away what was left behind.
function pdf.clear(folder) scratch.clear(scratch_of(folder)) end

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
  scratch.take(place)
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
  local place = scratch.new(scratch_of(folder), html, { "page.html", "page.pdf", "page.fonts" })
  local ok, bytes = pcall(make, html, place, now)
  scratch.leave(place)
  if not ok then error(bytes, 0) end
  return bytes
end

return pdf
