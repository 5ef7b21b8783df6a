-- zip: zip files and Excel workbooks, made part by part, for specs.
--
--   zip.file { { name, text, deflated = true }, … } -> bytes
--   zip.workbook { sheets = { { name = , rows = { { cell, … }, … }, xml = , hidden = }, … }, … }
--
-- Rows are by their numbers; one may lack. A cell is a text (a shared one), a number, a boolean, nil, or
-- { v =, t =, s = } as it stands in the XML. `formats`: codes of the formats that `s` 1, 2 … names; a number is one
-- that is built in. `from_1904`; `deflated`.

local folder = require "tests.support.folder"

local zip = {}

-- The deflated bytes of a text and its checksum, both by gzip.
local function deflate(text)
  local path = os.tmpname()
  folder.write(path, text)
  local pipe <close> = assert(io.popen(("gzip -6 -n -c '%s'"):format(path)))
  local bytes = pipe:read "a"
  os.remove(path)
  return bytes:sub(11, -9), string.unpack("<I4", bytes, #bytes - 7)
end

local crc_table = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do c = c & 1 == 1 and 0xEDB88320 ~ (c >> 1) or c >> 1 end
  crc_table[i] = c
end

local function crc32(text)
  local c = 0xFFFFFFFF
  for i = 1, #text do c = crc_table[(c ~ text:byte(i)) & 0xFF] ~ (c >> 8) end
  return c ~ 0xFFFFFFFF
end

function zip.file(parts)
  local whole, directory, at = {}, {}, 0
  for _, part in ipairs(parts) do
    local name, text = part[1], part[2]
    local bytes, sum
    if part.deflated then bytes, sum = deflate(text) else bytes, sum = text, crc32(text) end
    local about = string.pack("<I2I2I2I2I2I4I4I4I2I2", 20, part.encrypted and 1 or 0, part.deflated and 8 or 0, 0, 33,
      sum, #bytes, #text, #name, 0)
    local entry = "PK\3\4" .. about .. name .. bytes
    directory[#directory + 1] = "PK\1\2" .. string.pack("<I2", 20) .. about
      .. string.pack("<I2I2I2I4I4", 0, 0, 0, 0, at) .. name
    whole[#whole + 1] = entry
    at = at + #entry
  end
  local list = table.concat(directory)
  return table.concat(whole) .. list .. "PK\5\6"
    .. string.pack("<I2I2I2I2I4I4I2", 0, 0, #parts, #parts, #list, at, 0)
end

local function escape(text) return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" })) end

local function column(i)
  local name = ""
  while i > 0 do
    name = string.char(65 + (i - 1) % 26) .. name
    i = (i - 1) // 26
  end
  return name
end

local head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

local function cell_xml(place, cell, texts)
  if type(cell) == "string" then
    if not texts[cell] then
      texts[#texts + 1] = cell
      texts[cell] = #texts
    end
    return ('<c r="%s" t="s"><v>%d</v></c>'):format(place, texts[cell] - 1)
  end
  if type(cell) == "boolean" then return ('<c r="%s" t="b"><v>%d</v></c>'):format(place, cell and 1 or 0) end
  if type(cell) == "number" then return ('<c r="%s"><v>%s</v></c>'):format(place, cell) end
  return ('<c r="%s"%s%s>%s</c>'):format(place, cell.t and (' t="%s"'):format(cell.t) or "",
    cell.s and (' s="%d"'):format(cell.s) or "", cell.xml or cell.v and ("<v>%s</v>"):format(cell.v) or "")
end

local function sheet_xml(sheet, texts)
  if sheet.xml then return sheet.xml end
  local lines = { head, "<worksheet><sheetData>" }
  local numbers = {}
  for i in pairs(sheet.rows) do numbers[#numbers + 1] = i end
  table.sort(numbers)
  for _, i in ipairs(numbers) do
    local row, cells, most = sheet.rows[i], {}, 0
    for k in pairs(row) do most = math.max(most, k) end
    for k = 1, most do
      if row[k] ~= nil then cells[#cells + 1] = cell_xml(column(k) .. i, row[k], texts) end
    end
    lines[#lines + 1] = ('<row r="%d">%s</row>'):format(i, table.concat(cells))
  end
  lines[#lines + 1] = "</sheetData></worksheet>"
  return table.concat(lines)
end

local function styles_xml(formats)
  local custom, cells = {}, { '<xf numFmtId="0"/>' }
  for i, format in ipairs(formats) do
    local number = type(format) == "number" and format or 163 + i
    if type(format) == "string" then
      local code = escape(format):gsub('"', "&quot;")
      custom[#custom + 1] = ('<numFmt numFmtId="%d" formatCode="%s"/>'):format(number, code)
    end
    cells[#cells + 1] = ('<xf numFmtId="%d"/>'):format(number)
  end
  return ("%s<styleSheet><numFmts>%s</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>%s</cellXfs>"
    .. "</styleSheet>"):format(head, table.concat(custom), table.concat(cells))
end

local kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

function zip.workbook(book)
  local texts, parts, sheets, links = {}, {}, {}, {}
  for i, sheet in ipairs(book.sheets) do
    parts[i] = { ("xl/worksheets/sheet%d.xml"):format(i), sheet_xml(sheet, texts), deflated = book.deflated }
    sheets[i] = ('<sheet name="%s" sheetId="%d" r:id="rId%d"%s/>'):format(escape(sheet.name or "Sheet" .. i), i, i,
      sheet.hidden and ' state="hidden"' or "")
    links[i] = ('<Relationship Id="rId%d" Type="%sworksheet" Target="worksheets/sheet%d.xml"/>'):format(i, kinds, i)
  end
  links[#links + 1] = ('<Relationship Id="s" Type="%sstyles" Target="styles.xml"/>'):format(kinds)
  links[#links + 1] = ('<Relationship Id="t" Type="%ssharedStrings" Target="/xl/sharedStrings.xml"/>'):format(kinds)
  for i, text in ipairs(texts) do
    texts[i] = "<si>" .. (text:find "^<" and text or "<t>" .. escape(text) .. "</t>") .. "</si>"
  end
  parts[#parts + 1] = { "xl/workbook.xml", ('%s<workbook xmlns:r="r"><workbookPr%s/><sheets>%s</sheets></workbook>')
    :format(head, book.from_1904 and ' date1904="1"' or "", table.concat(sheets)) }
  parts[#parts + 1] = { "xl/_rels/workbook.xml.rels", head .. "<Relationships>" .. table.concat(links)
    .. "</Relationships>" }
  parts[#parts + 1] = { "xl/styles.xml", styles_xml(book.formats or {}) }
  parts[#parts + 1] = { "xl/sharedStrings.xml", head .. "<sst>" .. table.concat(texts) .. "</sst>" }
  return zip.file(parts)
end

return zip
