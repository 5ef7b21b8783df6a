-- A notice to a parent whose excluded child was in a public place (england.excluded).
return require "england.excluded"
