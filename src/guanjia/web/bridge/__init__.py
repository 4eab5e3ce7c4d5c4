"""From what the engine knows to what the components show. No rule is decided here."""
