"""What the API answers: one shape a thing, each made from rows that were fetched for the caller."""
