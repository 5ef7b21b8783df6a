-- mustache/parse: the text of a template as a tree (LPeg reads each tag).
--
--   parse(text, name) -> { name = name, nodes } | nil, fault
--   a node is a text, or { kind, name, path, line, … }:
--     value     `raw` when it is put in as it is: {{{name}}}, {{&name}}
--     section   {{#name}} … {{/name}}: `nodes`
--     inverted  {{^name}} … {{/name}}: `nodes`
--     partial   {{> name}}: `indent`, the blanks before one that stands alone on its line
--   a fault is a problem: { where = name, line, what, todo }
--
-- 1. A tag that stands alone on its line leaves no line behind (not a value's).
-- 2. Nothing is run: what is no tag of these is a fault, or text.
-- 3. Names are short, delimiters short and seldom changed: a template, however strange, is
--    read in a moment, and what is wrong with it is one line that can be shown.

local core = require "waymark.core"
local lpeg = require "lpeg"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"

local P, S, C, Cc, Cg, Ct, Cp = lpeg.P, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Ct, lpeg.Cp

local most_bytes, most_depth, most_tags = 512 * 1024, 40, 20000
local most_name, most_delimiter, most_changes = 200, 16, 100 -- bytes, bytes, of delimiters

local blank = S " \t\r\n" ^ 0

local function field(name, pattern) return Cg(pattern, name) end
local function kind(name) return field("kind", Cc(name)) end

-- One tag between the delimiters `open` and `close`, from where it begins.
local function tag_of(open, close)
  local function named(sign, what, ending)
    local name = C((1 - S " \t\r\n" - P(ending)) ^ 1)
    return sign * kind(what) * blank * field("name", name) * blank * ending
  end
  local delimiter = C((1 - S " \t\r\n=") ^ 1)
  local set = P "=" * kind "delimiters" * blank * field("open", delimiter) * S " \t\r\n" ^ 1
    * field("close", delimiter) * blank * P "=" * close
  local tag = named("{", "raw", "}" .. close) + named("&", "raw", close) + named("#", "section", close)
    + named("^", "inverted", close) + named("/", "close", close) + named(">", "partial", close)
    + P "!" * kind "comment" * (1 - P(close)) ^ 0 * close + set + named(-S "{&#^/>!=", "value", close)
  return Ct(P(open) * tag * field("after", Cp()))
end

local tags = {} -- by delimiters

local function tag_at(text, at, open, close)
  local key = open .. " " .. close
  tags[key] = tags[key] or tag_of(open, close)
  return tags[key]:match(text, at)
end

-- "a.b" -> { "a", "b" }; "." -> {} | nil
local function path_of(name)
  if name == "." then return {} end
  local path = {}
  for part in (name .. "."):gmatch "([^.]*)%." do
    if part == "" then return nil end
    path[#path + 1] = part
  end
  return path
end

-- Where the line of a tag begins and where the next one does, when nothing else is on it.
local function alone(text, first, after)
  local line = first
  while line > 1 and text:find("^[ \t]", line - 1) do line = line - 1 end
  if line > 1 and text:byte(line - 1) ~= 10 then return nil end
  local following = text:match("^[ \t]*\r?\n()", after) or text:match("^[ \t]*()$", after)
  return following and line, following
end

-- Building the tree -----------------------------------------------------------------------

local builder = {}
builder.__index = builder

local function fail(self, ...) error(problem.at(self.name, self.line, ...), 0) end

local function add(self, node)
  local nodes = self.stack[#self.stack].nodes
  nodes[#nodes + 1] = node
end

local function count_lines(self, from, to)
  for _ in self.text:sub(from, to - 1):gmatch "\n" do self.line = self.line + 1 end
end

local function begin(self, tag)
  if #self.stack > most_depth then fail(self, "sections lie more than %d deep", most_depth) end
  add(self, tag)
  tag.nodes = {}
  self.stack[#self.stack + 1] = tag
end

local function finish(self, tag)
  local open = self.stack[#self.stack]
  if not open.name then fail(self, "{{/%s}} ends nothing; nothing is open here", tag.name) end
  if open.name ~= tag.name then
    fail(self, "{{/%s}} ends nothing; {{#%s}} of line %d is open here", tag.name, open.name, open.line)
  end
  self.stack[#self.stack] = nil
end

local take = {
  value = add, section = begin, inverted = begin, close = finish,
  raw = function(self, tag)
    tag.kind, tag.raw = "value", true
    add(self, tag)
  end,
  partial = function(self, tag, indent)
    tag.indent = indent
    add(self, tag)
  end,
  delimiters = function(self, tag)
    self.changes = self.changes + 1
    if #tag.open > most_delimiter or #tag.close > most_delimiter then
      fail(self, "delimiters have at most %d signs", most_delimiter)
    end
    if self.changes > most_changes then fail(self, "more than %d changes of delimiters", most_changes) end
    self.open, self.close = tag.open, tag.close
  end,
  comment = function() end,
}

local function check_name(self, name)
  if name and #name > most_name then
    fail(self, '"%s…" is too long to be a name (at most %d signs)', words.shown(name), most_name)
  end
  if name and name ~= core.escape(name) then fail(self, '"%s" is not a name', words.shown(name)) end
end

-- Take the tag that begins at `first`; -> where its line begins, where to go on
local function take_tag(self, first)
  local text = self.text
  local tag = tag_at(text, first, self.open, self.close)
  if not tag then
    fail(self, '"%s" is not a tag that ends; each is %s … %s', words.shown(text, first),
      words.shown(self.open), words.shown(self.close))
  end
  tag.line = self.line
  check_name(self, tag.name)
  if tag.name and tag.kind ~= "partial" then
    tag.path = path_of(tag.name)
    if not tag.path then fail(self, '"%s" is not a name', words.shown(tag.name)) end
  end
  local line, following = nil, nil
  if tag.kind ~= "value" and tag.kind ~= "raw" then line, following = alone(text, first, tag.after) end
  return tag, line or first, following or tag.after
end

local function build(self)
  local text, at, n = self.text, 1, 0
  while true do
    local first = text:find(self.open, at, true)
    if not first then break end
    count_lines(self, at, first)
    n = n + 1
    if n > most_tags then fail(self, "more than %d tags", most_tags) end
    local tag, line, following = take_tag(self, first)
    if line > at then add(self, text:sub(at, line - 1)) end
    take[tag.kind](self, tag, text:sub(line, first - 1))
    count_lines(self, first, following)
    at = following
  end
  if at <= #text then add(self, text:sub(at)) end
  local open = self.stack[#self.stack]
  if open.name then
    self.line = open.line
    fail(self, "{{#%s}} is never ended; write {{/%s}}", open.name, open.name)
  end
end

local function parse(text, name)
  local root = { name = nil, nodes = {} }
  local self = setmetatable({ text = text, name = name, open = "{{", close = "}}", line = 1, stack = { root },
    changes = 0 }, builder)
  if #text > most_bytes then
    return nil, problem.at(name, 1, "it has more than %d KB", most_bytes // 1024)
  end
  local good, raised = pcall(build, self)
  if good then return { name = name, nodes = root.nodes } end
  if not problem.is(raised) then error(raised, 0) end
  return nil, raised
end

return parse
