"""What recent contacts demanded of a person, and how long it takes to recover: maths only, no clock, no chance, no input or output."""
