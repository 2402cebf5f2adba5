"""Where a team's log is kept: SQLAlchemy Core on SQLite or PostgreSQL. The store holds; the router computes."""
