-- rows: what is in a workspace's database, table by table.
--
--   rows.all(path)      -> { [table] = { "a row as text", … } }, with sqlite_schema
--   rows.of(store, sql) -> { row, … }

local core = require "waymark.core"

local rows = {}

function rows.of(store, sql)
  local list = {}
  local _, next_row = assert(store:query(sql))
  for row in next_row do list[#list + 1] = row end
  return list
end

local function texts(store, name)
  local columns, next_row = assert(store:query(("SELECT * FROM %s"):format(name)))
  local list = {}
  for row in next_row do
    for c = 1, #columns do
      local kind = math.type(row[c])
      row[c] = kind and ("%s %s"):format(kind, row[c]) or ("%q"):format(row[c])
    end
    list[#list + 1] = table.concat(row, "|")
  end
  table.sort(list)
  return list
end

function rows.all(path)
  local store = assert(core.store.open(path, "read"))
  local tables = { sqlite_schema = {} }
  for _, each in ipairs(rows.of(store, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")) do
    table.insert(tables.sqlite_schema, ("%s %s %s"):format(each[1], each[2], each[3]))
    if each[1] == "table" then tables[each[2]] = texts(store, each[2]) end
  end
  store:close()
  collectgarbage() -- the queries, which would keep the file open
  return tables
end

return rows
