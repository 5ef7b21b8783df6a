-- document/html: pages that load nothing. A document is read by people at home, opened in
-- Word, made a PDF of: no part of it may be fetched from anywhere.
--
--   html.fault(text, name)   nil, or what would be loaded or run: "NAME, line N: …"
--   html.joined(first, second)   the second page's body after the first's, on a new page
--   html.whole(text, title, language, style)   a text without <html> as a page
--
-- In tags, what is loaded (src, data, …) is "data:…" or "#…"; links (href of <a>) may lead
-- anywhere, since nobody follows them but a reader. CSS has no url(…) but these, and no
-- @import, in <style> as in style="…".

local lpeg = require "lpeg"
local words = require "waymark.base.words"

local html = {}

local P, R, S, C, Cg, Ct, Cp = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cg, lpeg.Ct, lpeg.Cp

local function set_of(list)
  local set = {}
  for name in list:gmatch "%S+" do set[name] = true end
  return set
end

-- Reading tags ------------------------------------------------------------------------------

-- Read at every "<" by itself, so that nothing hides in a comment, a <title> or the value of
-- an attribute.

local blank = S " \t\r\n" ^ 0
local quoted = P '"' * C((1 - P '"') ^ 0) * P '"' + P "'" * C((1 - P "'") ^ 0) * P "'"
local value = quoted + C((1 - S " \t\r\n>") ^ 1)
local attribute = Ct(C((1 - S " \t\r\n/>=\"'") ^ 1) * (blank * P "=" * blank * value) ^ -1)
local other = 1 - P ">" -- a stray quote, say
local name_of_tag = C(R("az", "AZ") * (R("az", "AZ", "09") + S ":-") ^ 0)
local attributes = Ct((S " \t\r\n/" ^ 1 + attribute + other) ^ 0)
local tag = Ct(P "<" * Cg(name_of_tag, "name") * Cg(attributes, "attributes") * P ">" * Cg(Cp(), "after"))

-- What may be read of a page, tags and styles together, since tags that do not end and
-- styles in styles are read again and again. -> whether there is something left
local function budget_of(text)
  local left = 3 * #text + 64 * 1024
  return function(bytes)
    left = left - bytes
    return left >= 0
  end
end

-- for at, tag in tags_of(text, spend): tag is { name, attributes = { { name, value | nil } },
-- after }, or { too_much = true }
local function tags_of(text, spend)
  local at = 0
  return function()
    while true do
      at = text:find("<%a", at + 1)
      if not at then return nil end
      local found = tag:match(text, at)
      if not spend(found and found.after - at or #text - at) then return at, { too_much = true } end
      if found then return at, found end
    end
  end
end

-- What is wrong ------------------------------------------------------------------------------------

local never = set_of("script iframe frame frameset object embed applet base link image use foreignobject audio video "
  .. "source track")
local loaded = set_of "src srcset data poster background action formaction xlink:href manifest longdesc"

local function is_inside(text)
  local low = text:match "^%s*(.*)$":lower()
  return low:find "^data:" ~= nil or low:find "^#" ~= nil
end

-- CSS with its escapes undone, so that "\75rl(" is seen as "url(".
local function plain_css(text)
  text = text:gsub("\\(%x%x?%x?%x?%x?%x?)%s?", function(hex)
    local code = tonumber(hex, 16)
    return code < 128 and string.char(code) or "?"
  end)
  return (text:gsub("\\(.)", "%1"):lower())
end

local function css_fault(text)
  local low = plain_css(text)
  if low:find("@import", 1, true) then return "@import would load something; write the rules out" end
  for inner in low:gmatch "url%s*%(([^)]*)" do
    if not is_inside((inner:gsub("^%s*[\"']?", ""))) then
      return ("url(%s) would be loaded; put it in as data:"):format(inner:sub(1, 60))
    end
  end
  if low:find "image%-set%s*%(" or low:find "%f[%w]src%s*%(" then return "only url(data:…) can be in a style" end
end

local function link_fault(text)
  local low = text:match "^%s*(.*)$":lower()
  local fine = low:find "^https?://" or low:find "^mailto:" or low:find "^tel:" or low:find "^#"
  if fine or not low:find "[:&]" then return nil end
  return ('href="%s" is no link that can be in a letter'):format(text:sub(1, 60))
end

-- A style attribute with its characters by number undone; others could hide one.
local function attribute_css_fault(text)
  local function character(digits, base) return string.char(#digits > 6 and 63 or tonumber(digits, base) % 256) end
  text = text:gsub("&#[xX](%x+);?", function(hex) return character(hex, 16) end)
  text = text:gsub("&#(%d+);?", function(number) return character(number, 10) end)
  text = text:gsub("&amp;", " "):gsub("&quot;", '"'):gsub("&[lg]t;", " ")
  if text:find "&%a" then return "a style with such signs by name cannot be looked through; write them out" end
  return css_fault(text)
end

local function attribute_fault(element, name, text)
  if name:find "^on%a" then return name .. "=… would run something; take it out" end
  if name == "style" then return attribute_css_fault(text) end
  if name == "href" then return link_fault(text) end
  if name == "rel" and element == "a" and text:lower():find "attachment" then
    return "rel=attachment is not for letters"
  end
  if name == "http-equiv" and text:lower():find "refresh" then return "a page that goes elsewhere is no letter" end
  if loaded[name] and not is_inside(text) then
    return ('%s="%s" would be loaded; put it in as data:'):format(name, text:sub(1, 60))
  end
end

local endless = "its tags do not come to an end"

local function tag_fault(each)
  if each.too_much then return endless end
  local element = each.name:lower()
  if never[element] then return ("<%s> would load or run something; take it out"):format(element) end
  for _, pair in ipairs(each.attributes) do
    local fault = attribute_fault(element, pair[1]:lower(), pair[2] or "")
    if fault then return fault end
  end
end

-- `low`: the text in small letters.
local function style_fault(text, low, each, spend)
  if each.name:lower() ~= "style" then return nil end
  local last = (low:find("</style", each.after, true) or #text + 1) - 1
  if not spend(last - each.after) then return endless end
  return css_fault(text:sub(each.after, last))
end

local function line_of(text, at)
  local _, n = text:sub(1, at - 1):gsub("\n", "")
  return n + 1
end

function html.fault(text, name)
  local low, spend = text:lower(), budget_of(text)
  for at, each in tags_of(text, spend) do
    local fault = tag_fault(each) or style_fault(text, low, each, spend)
    if fault then return ("%s, line %d: %s"):format(name, line_of(text, at), fault), line_of(text, at) end
  end
end

-- CSS by itself, without a tag around it.
function html.css_fault(text, name)
  local fault = css_fault(text)
  return fault and ("%s, line 1: %s"):format(name, fault)
end

-- Whole pages ---------------------------------------------------------------------------------------

local function is_whole(text) return text:lower():find("<html", 1, true) ~= nil end

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
table { border-collapse: collapse; } tr { page-break-inside: avoid; }]]

function html.whole(text, title, language, style)
  if is_whole(text) then return text end
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

return html
