"""Manuals as files: where they lie, what is wrong with them, how two versions differ."""
