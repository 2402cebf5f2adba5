"""What `respite doctor` looks at, by what may be wrong."""
