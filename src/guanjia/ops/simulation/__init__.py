"""A year of an estate under a set of manuals: the same happenings, whoever has to deal with them."""
