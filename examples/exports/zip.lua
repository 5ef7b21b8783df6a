-- zip.lua: files in one archive, as they are, without compression: zip { { name, bytes }, … } -> bytes.

local table_of = {}
for i = 0, 255 do
  local value = i
  for _ = 1, 8 do value = value & 1 == 1 and value >> 1 ~ 0xEDB88320 or value >> 1 end
  table_of[i] = value
end

local function crc(text)
  local value = 0xFFFFFFFF
  for i = 1, #text do value = value >> 8 ~ table_of[(value ~ text:byte(i)) & 0xFF] end
  return value ~ 0xFFFFFFFF
end

return function(files)
  local parts, central, at = {}, {}, 0
  for _, file in ipairs(files) do
    local name, bytes = file[1], file[2]
    -- version, flags, method, time, date (1 January 2026), CRC-32, sizes
    local about = ("<I2I2I2I2I2I4I4I4"):pack(20, 0, 0, 0, 0x5C21, crc(bytes), #bytes, #bytes)
    parts[#parts + 1] = ("<I4"):pack(0x04034B50) .. about .. ("<I2I2"):pack(#name, 0) .. name .. bytes
    central[#central + 1] = ("<I4I2"):pack(0x02014B50, 20) .. about
      .. ("<I2I2I2I2I2I4I4"):pack(#name, 0, 0, 0, 0, 0, at) .. name
    at = at + #parts[#parts]
  end
  local directory = table.concat(central)
  return table.concat(parts) .. directory
    .. ("<I4I2I2I2I2I4I4I2"):pack(0x06054B50, 0, 0, #files, #files, #directory, at, 0)
end
