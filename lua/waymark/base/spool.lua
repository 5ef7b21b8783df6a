-- base/spool: texts in a file of the system, one after the other, for lists that would fill
-- memory. What is put there is read back by its place; the file is gone when it is closed.

local problem = require "waymark.base.problem"

local spool = {}
spool.__index = spool

function spool.new() return setmetatable({ file = problem.check(io.tmpfile()), length = 0, at = 0 }, spool) end

-- -> where it is, how long it is
function spool:put(text)
  if self.at ~= self.length then self.file:seek("set", self.length) end
  problem.check(self.file:write(text))
  local at = self.length
  self.length = at + #text
  self.at = self.length
  return at, #text
end

function spool:get(at, length)
  if self.at ~= at then self.file:seek("set", at) end
  self.at = at + length
  return problem.check(self.file:read(length))
end

function spool:close() self.file:close() end

return spool
