-- expect: failed not valid UTF-8
return "\u{D800}"
