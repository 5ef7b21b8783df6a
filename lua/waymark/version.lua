-- version: of the program and of the plugins' API. Part of the key under which
-- declarations are kept (waymark.plugin), so that an update reads every plugin afresh.
return { program = "0.1.0", api = 3 }
