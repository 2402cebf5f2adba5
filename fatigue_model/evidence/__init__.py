"""What the model must reproduce: published facts over a simulated cohort, recovery of known parameters, and the misfits that are known."""
