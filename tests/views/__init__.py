"""Views of hand-made diagnoses."""
