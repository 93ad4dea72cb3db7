"""What many runs say together: sensitivity, decisions, scenario discovery. Pure functions on arrays."""
