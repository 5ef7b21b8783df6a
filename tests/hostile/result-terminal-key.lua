-- expect: failed result["\x1B[2J"]: a function
return { ["\27[2J"] = print }
