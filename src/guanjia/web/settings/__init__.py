"""Administration: people, shifts, hours, classification, lists, households, logs."""
