"""Placeholder."""


def build_house(): ...
