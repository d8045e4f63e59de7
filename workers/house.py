"""Placeholder."""


def provide(b): ...
