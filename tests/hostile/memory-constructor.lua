-- expect: over-memory|failed
return #{ table.unpack({}, 1, 900000) }, { table.unpack({}, 1, 1e8) }
