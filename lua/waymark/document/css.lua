-- document/css: the styles that a page may have. Every token is looked at: functions, rules and
-- properties are those below, and others are refused whatever they would do.
--
--   css.fault(text, is_attribute)   nil, or a problem: what is wrong; is_attribute: declarations alone
--   css.is_bitmap(address)          whether an address is a picture in itself: data:image/png, jpeg, gif

local lpeg = require "lpeg"
local problem = require "waymark.base.problem"
local tables = require "waymark.base.tables"
local words = require "waymark.base.words"

local css = {}

local P, R, S, C, Cc, Ct, Cp = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Ct, lpeg.Cp

local rules = tables.set [[@page @media @top-left-corner @top-left @top-center @top-right @top-right-corner
  @right-top @right-middle @right-bottom @bottom-right-corner @bottom-right @bottom-center @bottom-left
  @bottom-left-corner @left-bottom @left-middle @left-top]]

local functions = tables.set [[attr calc content counter counters hsl hsla lang leader linear-gradient max min not
  nth-child nth-last-child nth-of-type rgb rgba rotate scale string translate]]

local properties = tables.set [[background background-clip background-color background-image background-origin
  background-position background-repeat background-size border border-bottom border-bottom-color
  border-bottom-left-radius border-bottom-right-radius border-bottom-style border-bottom-width border-collapse
  border-color border-left border-left-color border-left-style border-left-width border-radius border-right
  border-right-color border-right-style border-right-width border-spacing border-style border-top
  border-top-color border-top-left-radius border-top-right-radius border-top-style border-top-width border-width
  bottom box-decoration-break box-sizing break-after break-before break-inside caption-side clear clip-path color
  column-count column-fill column-gap column-rule column-span column-width columns content counter-increment
  counter-reset counter-set direction display empty-cells flex flex-basis flex-direction flex-flow flex-grow
  flex-shrink flex-wrap align-content align-items align-self justify-content order gap row-gap float font
  font-family font-feature-settings font-kerning font-size font-stretch font-style font-variant
  font-variant-numeric font-weight height hyphens left letter-spacing line-height list-style
  list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top marks max-height
  max-width min-height min-width opacity orphans outline outline-color outline-style outline-width overflow
  overflow-wrap padding padding-bottom padding-left padding-right padding-top page page-break-after
  page-break-before page-break-inside position quotes right size string-set tab-size table-layout text-align
  text-align-last text-decoration text-decoration-color text-decoration-line text-decoration-style text-indent
  text-overflow text-transform top transform transform-origin unicode-bidi vertical-align visibility white-space
  widows width word-break word-spacing word-wrap writing-mode z-index -webkit-print-color-adjust
  print-color-adjust]]

-- Pictures ---------------------------------------------------------------------------------------

-- As each begins in base64: what is called a picture and is none (SVG, say) could load others.
local beginnings = { png = "iVBORw", jpeg = "/9j/", gif = "R0lGOD" }

function css.is_bitmap(address)
  local kind, data = address:match "^%s*data:image/(%l+);base64,%s*(.*)$"
  local beginning = beginnings[kind]
  return beginning ~= nil and data:sub(1, #beginning) == beginning and not data:find "[^%w+/=%s]"
end

-- Reading ----------------------------------------------------------------------------------------

local blanks = (S " \t\r\n" + P "/*" * (1 - P "*/") ^ 0 * "*/") ^ 1
local escape = P "\\" * (1 - S "\r\n")
local text_of = P '"' * C((escape + (1 - S '"\\\r\n')) ^ 0) * '"' + P "'" * C((escape + (1 - S "'\\\r\n")) ^ 0) * "'"
local letter = R("az", "AZ", "\128\255") + "_"
local name = P "-" ^ -2 * letter * (letter + R "09" + "-") ^ 0
local space = S " \t\r\n" ^ 0
local address = S "uU" * S "rR" * S "lL" * P "(" * space
  * (text_of + C((1 - S " \t\r\n\"'()\\") ^ 0)) * space * ")"
local number = R "09" ^ 1 * (P "." * R "09" ^ 1) ^ -1 * (name + "%") ^ -1
local token = Ct(Cp() * (Cc "address" * address + Cc "text" * text_of + Cc "function" * C(name) * "("
  + Cc "rule" * C(P "@" * name) + Cc "name" * C(name) + Cc "hash" * C(P "#" * (letter + R "09" + "-") ^ 1)
  + Cc "number" * C(number) + Cc "sign" * C(S "{}[]();:,.>+~*=|^$!/-")))
local tokens = Ct((blanks + token) ^ 0) * Cp()

-- What is wrong ------------------------------------------------------------------------------------

local function token_fault(list, i)
  local kind, value = list[i][2], list[i][3]
  local low = value:lower()
  if kind == "address" and not css.is_bitmap(value) then
    return problem.of("url(%s) would be loaded; put it in as data:", words.shown(value))
  end
  if kind == "rule" and not rules[low] then
    return problem.of("%s is not for letters; write the rules out", words.shown(low))
  end
  if kind ~= "function" then return nil end
  local is_plain = low ~= "attr" or list[i + 1] and list[i + 1][2] == "name" and list[i + 2] and list[i + 2][3] == ")"
  if not functions[low] or not is_plain then
    return problem.of("%s(…) is not for the styles of letters", words.shown(low))
  end
end

-- What stands between two of { ; }, from token `first` to `last`, and is not before a {.
local function declaration_fault(text, list, first, last)
  if first > last then return nil end
  local property, colon = list[first], list[first + 1]
  if property[2] ~= "name" or first == last or colon[3] ~= ":" then
    return problem.of('in the style, "%s" is no property with a value', words.shown(text, property[1]))
  end
  if not properties[property[3]:lower()] then
    return problem.of('the property "%s" is not for letters', words.shown(property[3]))
  end
end

local function not_closed() return problem.of "a bracket in the style is not closed" end

function css.fault(text, is_attribute)
  local list, stop = tokens:match(text)
  if stop <= #text then return problem.of('the style cannot be read at "%s"', words.shown(text, stop)) end
  local first, brackets, blocks = 1, 0, 0
  for i, each in ipairs(list) do
    local sign = each[2] == "sign" and each[3]
    local fault = token_fault(list, i)
    if each[2] == "function" or sign == "(" or sign == "[" then brackets = brackets + 1 end
    if sign == ")" or sign == "]" then brackets = brackets - 1 end
    if sign == "{" then blocks = blocks + 1 end
    if sign == "}" then blocks = blocks - 1 end
    if sign == ";" or sign == "}" then fault = fault or declaration_fault(text, list, first, i - 1) end
    if sign == "{" or sign == ";" or sign == "}" then
      if brackets ~= 0 or is_attribute and sign ~= ";" then fault = fault or not_closed() end
      first = i + 1
    end
    if brackets < 0 or blocks < 0 then
      fault = fault or problem.of "a bracket in the style is closed that was not opened"
    end
    if fault then return fault end
  end
  if brackets ~= 0 or blocks ~= 0 then return not_closed() end
  return declaration_fault(text, list, first, #list)
end

return css
