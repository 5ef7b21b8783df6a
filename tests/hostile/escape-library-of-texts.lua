-- expect: finished
-- result: "aa"
-- A plugin's own string table is not that of the methods of texts.
string.rep = function() return "mine" end
string = nil
return ("a"):rep(2)
