"""Scenario cards: tests of a manual in the expert's language, run through the engine on the real database."""
