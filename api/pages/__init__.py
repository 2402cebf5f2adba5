"""Pages: what an agent and a manager open in a browser."""
