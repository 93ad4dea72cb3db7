"""Values that others published, each with its source, against our functions. Facts only, no code of theirs."""
