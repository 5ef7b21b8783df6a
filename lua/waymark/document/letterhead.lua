-- document/letterhead: what a school puts above its letters. Files of the workspace, which
-- people of the school wrote and which are trusted as its settings are:
--   letterheads/KEY.html   HTML for the school KEY ("/" as "-"), else letterhead.html
--   style.css              CSS after that of the documents
-- Pictures beside them (<img src="logo.png">) are put into the page itself. Without a file
-- the template makes a plain letterhead of what the settings say of the school.

local files = require "waymark.base.files"
local html = require "waymark.document.html"
local message = require "waymark.mail.message"
local problem = require "waymark.base.problem"

local letterhead = {}

local picture_most = 1024 * 1024
local types = { png = "image/png", jpg = "image/jpeg", jpeg = "image/jpeg", gif = "image/gif" }

local function read(path)
  if not files.exists(path) then return nil end
  local text = problem.check(files.read(path))
  if not utf8.len(text) then problem.raise("%s is not UTF-8 text; save it as UTF-8", path) end
  return text
end

local function picture(folder, name, path)
  local kind = types[(name:match "%.(%w+)$" or ""):lower()]
  if not kind or name:find("..", 1, true) or name:find "^/" then
    problem.raise('%s: "%s" is no picture beside it (png, jpg, gif)', path, name)
  end
  local bytes = problem.check(files.read(folder .. "/" .. name))
  if #bytes > picture_most then problem.raise("%s/%s is over 1 MB; make it smaller", folder, name) end
  return ("data:%s;base64,%s"):format(kind, message.base64(bytes))
end

-- The HTML for a school (its key), "" when there is none.
function letterhead.of(space, key)
  local own = ("%s/letterheads"):format(space.folder)
  local path = ("%s/%s.html"):format(own, (key:gsub("/", "-")))
  local folder, text = own, read(path)
  if not text then folder, path = space.folder, space.folder .. "/letterhead.html" end
  text = text or read(path)
  if not text then return "" end
  text = text:gsub('(<[iI][mM][gG]%s[^>]-src%s*=%s*)(["\'])(.-)%2', function(before, quote, name)
    if name:find "^%s*data:" or name:find "^%a+://" then return nil end
    return before .. quote .. picture(folder, name, path) .. quote
  end)
  local fault = html.fault(text, path, true)
  if fault then error(fault, 0) end
  return text
end

-- The CSS of the workspace, "" when there is none.
function letterhead.style(space)
  local path = space.folder .. "/style.css"
  local text = read(path)
  if not text then return "" end
  local fault = html.css_fault(text, path)
  if fault then error(fault, 0) end
  return text
end

return letterhead
