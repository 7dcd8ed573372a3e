"""Delivery contracts: drafted, sent out, checked month by month."""
