-- expect: killed processor time
-- cpu: 0.2
-- One C call, no instruction counted: the jail ends it.
return (("a"):rep(3000)):find((".-"):rep(12) .. "b")
