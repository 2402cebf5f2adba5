"""Webhooks: what comes in from helpdesks, and what is carried out to subscribers."""
