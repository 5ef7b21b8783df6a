-- fork_server: the program, started once and forked for each command. Half of the time of a
-- short command goes into reading its Lua; here that is read once for a file of specs.
--
-- BUILD/fork/bin/waymark is the program itself, and this file its waymark/cli.lua (see run.sh):
-- it reads the real one with all commands, and then requests from the standard input. Each is
-- the number of its fields in a line, and the fields, each with a NUL after it: folder, file for
-- the output, file for errors, arguments. The child does what the program does with these
-- arguments to its end, and the exit status is a line in the pipe that is our only argument.

return function(arguments, home)
  local build = home:match "^(.*)/fork/bin$"
  package.path = package.path:gsub("/fork/bin/", "/")
  table.remove(package.searchers, 2) -- not what stands in the program, but the files
  local forks = assert(package.loadlib(build .. "/fork/forks.so", "luaopen_forks"))()
  package.loaded["waymark.cli"] = nil
  local cli = dofile(assert(package.searchpath("waymark.cli", package.path)))
  package.loaded["waymark.cli"] = cli
  local commands = package.searchpath("waymark.cli", package.path):gsub("cli%.lua$", "commands")
  for name in require("lfs").dir(commands) do
    if name:find "%.lua$" then require("waymark.commands." .. name:sub(1, -5)) end
  end
  local files, problem = require "waymark.base.files", require "waymark.base.problem"
  local answer = forks.serve(arguments[1])

  -- The commands that `plugin test` gives for a school of the kit are forked as well: from the
  -- process that runs Busted, whose schools and output are not the child's.
  local kit, exit = require "waymark.kit.workspace", os.exit
  function kit:run(list, now)
    local out, err = self.top .. "/out", self.top .. "/err"
    local words = now and { "-C", self.dir, "--now", now } or { "-C", self.dir }
    for _, each in ipairs(list) do words[#words + 1] = tostring(each) end
    io.stdout:flush()
    io.stderr:flush()
    local child = forks.fork()
    if child == 0 then
      function kit.remove(place) place.top = nil end -- it is not the child's
      forks.enter(".", out, err)
      local ok, status = xpcall(cli, debug.traceback, words, build)
      if not ok then io.stderr:write(status) end
      forks.leave(ok and status or 1)
      exit(1, true)
    end
    return { status = forks.wait(child), out = problem.check(files.read(out)), err = problem.check(files.read(err)) }
  end
  collectgarbage("setpause", 1000) -- what is here stays: a short command need not look through it
  collectgarbage()

  for count in io.stdin:lines() do
    local fields, text = {}, {}
    while #fields < tonumber(count) do
      local byte = io.stdin:read(1)
      if byte ~= "\0" then
        text[#text + 1] = byte
      else
        fields[#fields + 1], text = table.concat(text), {}
      end
    end
    local child = forks.fork()
    if child == 0 then
      forks.enter(table.unpack(fields, 1, 3))
      local status = cli({ table.unpack(fields, 4) }, build)
      forks.leave(status)
      return status
    end
    answer(forks.wait(child) .. "\n")
  end
  return 0
end
