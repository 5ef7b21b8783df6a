-- expect: finished
-- result: ["1e9999","0x8000000000000000",false,false]
return { ("%q"):format(1 / 0), ("%q"):format(math.mininteger), (pcall(string.format, "%q", {})),
  (pcall(string.format, "%q", print)) }
