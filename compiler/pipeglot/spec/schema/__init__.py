"""The models of the language, and what is generated from them."""
