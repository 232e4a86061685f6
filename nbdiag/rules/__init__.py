"""Every built-in rule, one family a file."""
