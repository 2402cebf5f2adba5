"""What-if staffing in virtual time: the product's own decisions over drawn demand, no clock and no web."""
