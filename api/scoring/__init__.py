"""Customers' words scored beside routing."""
