"""Greets everyone who asks over HTTP."""
