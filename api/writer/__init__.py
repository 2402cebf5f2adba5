"""The one writer of a team: requests that came together become a turn, decided and committed at once."""
