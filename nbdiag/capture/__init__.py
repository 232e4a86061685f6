"""Output in, lines out; no framework is known here."""
