-- expect: failed attempt to index a nil value
-- ("").__index and friends lead nowhere.
local methods = (""):gsub("", "") and (""). __index
methods.rep = nil
