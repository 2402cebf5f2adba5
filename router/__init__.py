"""The decision: who gets which ticket, why, and why not each other; pure functions over events and state."""
