-- plugin/tokens: the words of a Lua file, for reading one without running it.
--
--   tokens(text) -> { { kind = "name"|"key"|"text"|"number"|"sign", text =, line = }, … }
--
-- "key" is a word of the language (local, function, …). A text's `text` is what stands
-- between its quotes. Comments are left out. The text need not be correct Lua: what
-- cannot be read is passed over, and whoever compiles the file will say so.

local keys = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true
  until while]]):gmatch "%a+" do keys[word] = true end

local signs = { "...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>" }

-- [[…]] or [==[…]==] at a place -> what is in it, the place after it
local function long_text(text, at)
  local equals = text:match("^%[(=*)%[", at)
  if not equals then return nil end
  local first = at + #equals + 2
  local last, after = text:find("]" .. equals .. "]", first, true)
  return text:sub(first, (last or #text + 1) - 1), (after or #text) + 1
end

local function quoted(text, at)
  local quote, place = text:sub(at, at), at + 1
  while place <= #text do
    local c = text:sub(place, place)
    if c == quote or c == "\n" then break end
    place = place + (c == "\\" and 2 or 1)
  end
  return text:sub(at + 1, place - 1), place + 1
end

-- A comment at a place -> the place after it
local function after_comment(text, at)
  local _, after = long_text(text, at + 2)
  return after or (text:find("\n", at, true) or #text + 1)
end

local function word(text, at)
  local found = text:match("^[%a_][%w_]*", at)
  if found then return keys[found] and "key" or "name", found, at + #found end
end

local function number(text, at)
  local found = text:match("^0[xX][%x.]*[pP]?[+-]?%d*", at) or text:match("^%.?%d[%d.]*[eE]?[+-]?%d*", at)
  if found then return "number", found, at + #found end
end

local function literal(text, at)
  local inner, after = long_text(text, at)
  if not inner and text:find("^[\"']", at) then inner, after = quoted(text, at) end
  if inner then return "text", inner, after end
end

local function sign(text, at)
  for _, each in ipairs(signs) do
    if text:sub(at, at + #each - 1) == each then return "sign", each, at + #each end
  end
  return "sign", text:sub(at, at), at + 1
end

local function next_token(text, at)
  local kind, found, after = word(text, at)
  if not kind then kind, found, after = number(text, at) end
  if not kind then kind, found, after = literal(text, at) end
  if not kind then kind, found, after = sign(text, at) end
  return kind, found, after
end

local function lines_in(text, from, to)
  local _, n = text:sub(from, to):gsub("\n", "")
  return n
end

return function(text)
  local list, at, line = {}, 1, 1
  while at <= #text do
    local start = at
    local after
    if text:find("^%s", at) then
      after = text:find("%S", at) or #text + 1
    elseif text:find("^%-%-", at) then
      after = after_comment(text, at)
    else
      local kind, found
      kind, found, after = next_token(text, at)
      list[#list + 1] = { kind = kind, text = found, line = line }
    end
    line = line + lines_in(text, start, after - 1)
    at = after
  end
  return list
end
