-- kit/busted: how Busted runs a plugin's specs: the file of settings that `waymark plugin test`
-- names. Without one Busted would run a file .busted of the current folder, and look below that
-- for modules (./src, ./csrc).

return { default = { lpath = "", cpath = "", loaders = { "lua" } } }
