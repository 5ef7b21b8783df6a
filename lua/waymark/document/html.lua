-- document/html: pages that load nothing. A document is read by people at home, opened in
-- Word, made a PDF of: no part of it may be fetched from anywhere.
--
--   html.fault(text, name, is_part)   nil, or what a letter may not have: a problem, with `name`
--                                     as its `where`, and its line
--   html.source_fault(text, name)     the same of a template that is not filled in
--   html.css_fault(text, name)        the same of CSS by itself
--   html.joined(first, second)        the second page's body after the first's, on a new page
--   html.whole(text, title, language, style)   a text without <html> as a page
--   html.closed(text)                 a page with a policy in it that lets nothing be loaded or run
--
-- 1. What is not named here or in document/css is refused: elements, attributes, properties.
-- 2. The page is read as browsers read it (libgumbo), and each tag in its text is an element
--    of it: none is hidden in a comment, a title, a value or where HTML drops it, for another
--    program to read otherwise.
-- 3. Pictures are bitmaps in the page itself; links (href of <a>) may lead anywhere, since
--    nobody follows them but a reader.
--
-- is_part: a piece of a page, some of whose tags have no place by themselves.

local core = require "waymark.core"
local css = require "waymark.document.css"
local problem = require "waymark.base.problem"
local tables = require "waymark.base.tables"
local words = require "waymark.base.words"

local html = {}

-- What a page may have ------------------------------------------------------------------------------

local elements = tables.set [[html head meta title style body
  a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl
  dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt
  ruby s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr]]

local attributes = tables.set [[class id lang dir title style role aria-label aria-hidden width height align valign
  border cellspacing cellpadding colspan rowspan span scope headers abbr bgcolor nowrap start type value reversed
  datetime color face size alt]]

local further = { a = tables.set "href name", img = tables.set "src", meta = tables.set "charset name content" }

local page_names = tables.set "viewport author description keywords generator referrer"

-- What is wrong ------------------------------------------------------------------------------------

local function link_fault(text)
  local low = text:match "^%s*(.*)$":lower()
  local fine = low:find "^https?://" or low:find "^mailto:" or low:find "^tel:" or low:find "^#"
  if fine or low:find "^[%w._/-]*$" and not low:find "^/" then return nil end
  return problem.of('href="%s" is no link that can be in a letter', words.shown(text))
end

local function attribute_fault(element, name, text)
  if not attributes[name] and not (further[element] and further[element][name]) then
    return problem.of("%s=… of <%s> is not for letters; take it out", words.shown(name), element)
  end
  if name == "style" then return css.fault(text, true) end
  if name == "href" then return link_fault(text) end
  if name == "src" and not css.is_bitmap(text) then
    return problem.of('src="%s" would be loaded; put it in as data: (png, jpeg, gif)', words.shown(text))
  end
  if name == "charset" and text:lower() ~= "utf-8" then return problem.of "a page is in UTF-8" end
  if element == "meta" and name == "name" and not page_names[text:lower()] then
    return problem.of('<meta name="%s"> is not for letters; take it out', words.shown(text))
  end
end

local no_element = "<%s> is not for letters; take it out"

local function element_fault(each)
  if not elements[each.name] then return problem.of(no_element, each.name) end
  for _, pair in ipairs(each.attributes) do
    local fault = attribute_fault(each.name, pair[1], pair[2])
    if fault then return fault end
  end
  return each.text and css.fault(each.text)
end

local most_tags, most_lost = 20000, 1000
local function too_much() return problem.of "its tags are too many, or too deep in one another" end

-- A cell without its table is an element in a <template>.
local function first_of_part(text, at)
  local tag = text:sub(at, at + 4095)
  local list = core.html("<template>" .. (tag:match "^[^>]*>" or tag))
  return list and list[2] or nil
end

-- What is wrong with what begins with "<" at `at`, when it is no element of `known`.
local function sign_fault(text, at, known, is_part)
  local next_sign = text:sub(at + 1, at + 1)
  if next_sign == "?" then return problem.of "<?…> is not for letters; take it out" end
  local is_known = text:find("^%-%-[^%[]", at + 2) or text:sub(at + 2, at + 14):lower() == "doctype html>"
  if next_sign == "!" and not is_known then
    return problem.of "<!…> is not for letters, but <!DOCTYPE html> and comments; take it out"
  end
  if not next_sign:find "%a" or known[at] then return nil end
  local each = is_part and first_of_part(text, at)
  if each then return element_fault(each) end
  if not is_part then
    return problem.of("the tag %s is not where a page can have it", words.shown(text:match("^<[%w:-]*", at)) .. ">")
  end
end

-- -> what, where
local function find_fault(text, is_part)
  local control = text:find "[\0-\8\11\12\14-\31\127]"
  if control then return problem.of "there is a sign in it that cannot be seen; take it out", control end
  if select(2, text:gsub("<", "")) > most_tags then return too_much(), 1 end
  for where, name in text:gmatch "()<(%a[^%s/>]*)" do -- libgumbo ends the process at some of the others
    if not elements[name:lower()] then return problem.of(no_element, words.shown(name:lower())), where end
  end
  local list, known = core.html(text), {}
  if not list then return too_much(), 1 end
  for _, each in ipairs(list) do
    local fault = element_fault(each)
    if fault then return fault, each.at end
    known[each.at] = true
  end
  local at, lost = 0, 0
  while true do
    at = text:find("<", at + 1, true)
    if not at then return nil end
    if not known[at] and text:find("^%a", at + 1) then lost = lost + 1 end
    if lost > most_lost then return too_much(), at end
    local fault = sign_fault(text, at, known, is_part)
    if fault then return fault, at end
  end
end

function html.fault(text, name, is_part)
  local fault, at = find_fault(text, is_part)
  if not fault then return nil end
  local _, lines = text:sub(1, at - 1):gsub("\n", "")
  fault.where, fault.line = name, lines + 1
  return fault
end

local function lines_of(text) return (text:gsub("[^\n]", "")) end

-- Of a template that is not filled in: where a name stands something stands that can in any value. No
-- pattern looks further than the next bracket: what is no tag may be as long as the file.
function html.source_fault(text, name)
  text = text:gsub("{{{[^{}]*}}}", lines_of):gsub("{{[#/^>!&=][^{}]*}}", lines_of):gsub("{{[^{}]*}}", "https://x")
  return html.fault(text, name, true)
end

-- CSS by itself, without a tag around it.
function html.css_fault(text, name)
  local fault = css.fault(text)
  if fault then fault.where, fault.line = name, 1 end
  return fault
end

-- Whole pages ---------------------------------------------------------------------------------------

local page = [[
<!DOCTYPE html>
<html lang="%s">
<head>
<meta charset="utf-8">
<title>%s</title>
<style>
%s
</style>
</head>
<body>
%s
</body>
</html>
]]

local plain_style = [[
@page { size: A4; margin: 18mm 20mm; @bottom-right { content: "page " counter(page) " of " counter(pages); } }
body { font: 11pt/1.4 Arial, "Liberation Sans", sans-serif; }
table { border-collapse: collapse; } tr { page-break-inside: avoid; }
@media screen { body { max-width: 170mm; margin: 0 auto; padding: 12mm 6mm; } }]]

function html.whole(text, title, language, style)
  if text:lower():find("<html", 1, true) then return text end
  return page:format(language, words.html(title), style ~= "" and style or plain_style, (text:gsub("\n$", "")))
end

local function body_of(text)
  local low = text:lower()
  local _, first = low:find "<body[^>]*>"
  local last = low:find("</body>", 1, true)
  if not first or not last then return text end
  return text:sub(first + 1, last - 1), first + 1, last
end

function html.joined(first, second, language)
  local _, _, last = body_of(first)
  local added = ('<div lang="%s" dir="ltr" style="page-break-before: always">%s</div>\n'):format(language,
    (body_of(second)))
  if not last then return first .. added end
  return first:sub(1, last - 1) .. added .. first:sub(last)
end

-- After the first tag of <head>, or of <html> when there is none; the page is one without fault.
function html.closed(text)
  local after
  for _, each in ipairs(core.html(text)) do
    if each.name == "html" or each.name == "head" then after = each.after end
  end
  return text:sub(1, after - 1) .. "\n" .. words.page_policy .. text:sub(after)
end

return html
