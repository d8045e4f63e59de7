"""Placeholder replaced by the lead: Django settings."""
