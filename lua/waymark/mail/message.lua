-- mail/message: one message as the text of RFC 5322, the same bytes for the same values.
--
-- Values of headers are one line of plain text (waymark.base.words); what is not ASCII is
-- written as RFC 2047 says. Lines end with CR LF.

local message = {}

local core = require "waymark.core"
local words = require "waymark.base.words"

-- Headers ------------------------------------------------------------------------

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

function message.base64(bytes)
  local parts = {}
  for i = 1, #bytes, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    local n = a << 16 | (b or 0) << 8 | (c or 0)
    for k = 0, 3 do
      local digit = (n >> (18 - 6 * k)) & 63
      local there = k < 2 or (k == 2 and b) or (k == 3 and c)
      parts[#parts + 1] = there and alphabet:sub(digit + 1, digit + 1) or "="
    end
  end
  return table.concat(parts)
end

local most_encoded = 42 -- bytes of one encoded word, which has at most 75 characters

-- As encoded words, none of which cuts a character (RFC 2047, 5).
local function encoded(text)
  local pieces, word = {}, ""
  for character in text:gmatch(utf8.charpattern) do
    if #word + #character > most_encoded then
      pieces[#pieces + 1], word = word, ""
    end
    word = word .. character
  end
  pieces[#pieces + 1] = word
  for i, each in ipairs(pieces) do pieces[i] = "=?UTF-8?B?" .. message.base64(each) .. "?=" end
  return table.concat(pieces, "\r\n ")
end

local function is_ascii(text) return not text:find "[\128-\255]" end

-- ASCII that looks like an encoded word is encoded too, so that it is shown as it is.
local function header_text(text)
  text = words.line(text)
  return is_ascii(text) and not text:find("=?", 1, true) and text or encoded(text)
end

local function mailbox(who)
  local name = words.line(who.name or "")
  if name == "" then return who.address end
  if not is_ascii(name) or name:find("=?", 1, true) then return encoded(name) .. " <" .. who.address .. ">" end
  return ('"%s" <%s>'):format(name:gsub('[\\"]', "\\%0"), who.address)
end

-- "Sam Reed <sam@oakfield.example>" -> { name, address } | nil
function message.who(text)
  local name, address = text:match "^%s*(.-)%s*<([^<>]*)>%s*$"
  if not address then name, address = nil, text:match "^%s*(.-)%s*$" end
  local plain = #address <= 254 and address:find "^[%w.!#$%%&'*+/=?^_`{|}~-]+@[%w-][%w.-]*$"
  if not plain or address:find("..", 1, true) then return nil end
  if name then name = name:match '^"(.*)"$' or name end
  return { name = name ~= "" and name or nil, address = address }
end

-- "Fri, 20 Mar 2026 16:30:00 +0000"
function message.date(at)
  local weekday, day, rest = core.date.short(os.date("!%Y-%m-%d", at)):match "^(%a+) (%d+) (.+)$"
  return ("%s, %02d %s %s +0000"):format(weekday, day, rest, os.date("!%H:%M:%S", at))
end

-- The body -------------------------------------------------------------------------

local function quote(byte) return ("=%02X"):format(byte:byte()) end

-- One line as quoted-printable (RFC 2045, 6.7), in pieces of at most 76.
local function quoted_line(line)
  line = line:gsub("[^\t -<>-~]", quote):gsub("[ \t]$", quote)
  local pieces = {}
  while #line > 75 do
    local cut = 75
    local begins = line:sub(cut - 1, cut):find("=", 1, true) -- never inside =XX
    if begins then cut = cut - 3 + begins end
    pieces[#pieces + 1] = line:sub(1, cut) .. "="
    line = line:sub(cut + 1)
  end
  pieces[#pieces + 1] = line
  return table.concat(pieces, "\r\n")
end

-- -> the body's text, how it is encoded
local function encoded_body(text)
  local lines, plain = {}, is_ascii(text)
  for line in (text:gsub("\r\n?", "\n"):gsub("\n*$", "\n")):gmatch "([^\n]*)\n" do
    plain = plain and #line <= 998
    lines[#lines + 1] = line
  end
  if not plain then
    for i, line in ipairs(lines) do lines[i] = quoted_line(line) end
  end
  return table.concat(lines, "\r\n") .. "\r\n", plain and "7bit" or "quoted-printable"
end

-- { from = { name, address }, to = { name, address }, subject, at, id, body } -> text
function message.text(what)
  local body, encoding = encoded_body(what.body)
  return table.concat({
    "From: " .. mailbox(what.from), "To: " .. mailbox(what.to), "Subject: " .. header_text(what.subject),
    "Date: " .. message.date(what.at), "Message-ID: <" .. what.id .. ">", "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: " .. encoding,
    "", body,
  }, "\r\n")
end

return message
