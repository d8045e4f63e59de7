"""Every write to the records, as verbs. Pages, endpoints, commands and workers call the same."""
