"""A diagnosis goes in, something to look at comes out."""
