-- expect: finished
-- result: "os.execute"
-- An __index on the environment sees names only, never the host's globals.
setmetatable(_ENV, { __index = function(_, name) return { execute = name .. ".execute" } end })
return os.execute
