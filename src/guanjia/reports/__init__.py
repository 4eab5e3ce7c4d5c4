"""Statistics, targets and named forms; reads across rooms, writes nothing."""
