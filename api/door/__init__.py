"""What a request passes before it is served: its size and shape, its key or session, how often it may come."""
