-- expect: failed the text is not valid UTF-8
return "a\0b"
