-- expect: finished
-- result: ["table","function","table","function","%"]
return { tostring({}), tostring(print), ("%s"):format({}), ("%-1s"):format(print), ("%%"):format() }
