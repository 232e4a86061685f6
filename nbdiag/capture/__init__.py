"""Output in; lines out, and what stands in one: pairs, places, splits, measures. No framework is known here."""
