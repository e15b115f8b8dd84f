"""Forecasts daily demand from what was sold before."""
