"""Streams of server-sent events: who has one open, what they are told, and when."""
