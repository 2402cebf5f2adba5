"""The commands of `respite`, one file per noun."""
