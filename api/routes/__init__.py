"""The routing API, version 1: one file per noun."""
