"""What the service tells its operator of itself: metrics, logs and traces, none of which names a person, a ticket or an account."""
