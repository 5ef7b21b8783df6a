-- Any text as the template of a letter: it is read, filled in with what a pupil's name could be,
-- and made into a page, in each form that a letter goes out in. Nothing raises; what is said of a
-- fault is one line; and the page that comes out is without fault, with a policy
-- before anything that could be loaded.

local core = require "waymark.core"
local html = require "waymark.document.html"
local mustache = require "waymark.mustache"
local words = require "waymark.base.words"

local hostile = [["'><script>x</script><img src=//x onerror=x>{{&e}}</style></title>-->]] .. "\u{202E}\f\0"
local view = { a = hostile, b = { c = hostile, d = "", l = { { c = 1 }, { c = hostile } } }, e = "<b>bold</b>",
  words = { p = "/a" } }

local parts = { a = "<b>{{b.c}}</b>",
  b = "{{> a}}{{> b}}", c = '<td class="{{a}}">', d = "<style>p { color: {{a}} }</style>" }

local function show(fault)
  local text = tostring(fault)
  assert(#text < 2000 and not text:find "\n", "what is said is no line: " .. text)
end

local policy = '<meta http-equiv="Content-Security-Policy"'

local function check_page(text, what)
  local fault = html.fault(text, "page")
  if fault then return show(fault) end
  local closed = html.closed(text)
  local list, seen = core.html(closed), false
  for _, each in ipairs(list) do
    local is_policy = each.name == "meta" and closed:sub(each.at, each.at + #policy - 1) == policy
    seen = seen or is_policy
    assert(seen or each.name == "html" or each.name == "head", what .. ": something stands before the policy")
    for _, pair in ipairs(each.attributes) do
      assert(not pair[1]:find "^on" and (pair[1] ~= "http-equiv" or is_policy), what .. ": " .. pair[1])
    end
  end
  assert(seen, what .. ": no policy")
  local without = closed:gsub(words.page_policy:gsub("%p", "%%%0"), "")
  assert(not html.fault(without, "page"), what .. ": it has a fault with its policy in it")
end

return function(input)
  local template, fault = mustache.parse(input, "t")
  if not template then return show(fault) end
  local options = { partials = function(name) return parts[name], name end }
  mustache.asked(template, options)
  local unknown = mustache.fault(template, { known = { a = "value", b = { c = "value", l = { { c = "value" } } } },
    partials = options.partials })
  if unknown then show(unknown) end
  local text, failed = mustache.render(template, view, options)
  if failed then return show(failed) end
  local part = html.fault(input, "part", true)
  if part then show(part) end
  local style = html.css_fault(input, "style")
  if style then show(style) end
  local whole = html.whole(text, hostile, "en-GB", "")
  check_page(whole, "a page")
  check_page(html.joined(whole, whole, "en-GB"), "two pages")
  if not style then check_page(html.whole("<p>x</p>", "t", "en-GB", input), "a style") end
end
