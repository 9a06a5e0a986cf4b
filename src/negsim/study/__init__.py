"""Many runs: designs, the runner, intervals and effects, evidence."""
