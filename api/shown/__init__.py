"""What callers are shown, each as their role may see it."""
