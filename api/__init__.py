"""The imperative shell: HTTP, the store, the clock, the environment, pages and the command line."""
