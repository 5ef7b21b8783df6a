-- short_memory: the program, whose memory runs out:
--
--   SHORT="sqlite 123 once" lua5.4 tests/fault/short_memory.lua ARGUMENTS
--       of "core" or "sqlite" the allocation after the next 123 fails, and without "once" all
--       later ones; run with LUA_PATH, LUA_CPATH and WAYMARK_BUILD as kill.lua sets them, and
--       with FAULTS, the folder of faults.keep, or it makes a core of its own
--
-- The exit status is the command's, and 64 more when no allocation was left to fail.

local faults = require "tests.support.faults"
local cli = require "waymark.cli"

local of, n, once = os.getenv("SHORT"):match "^(%a+) (%d+) ?(%a*)$"
faults.fail(of, tonumber(n), once == "once")
local status = cli(arg, os.getenv "WAYMARK_BUILD")
os.exit(faults.calm() and status or status + 64, true)
