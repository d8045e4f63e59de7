"""Proof that nothing was altered: hash chains, anchors, exported folders. Knows no database."""

from proof.chain import (
    GENESIS,
    Anchor,
    Trail,
    anchor_bytes,
    check_events,
    check_growing,
    event_hash,
    parse_anchor,
)
from proof.record import record_bytes, record_hash
from proof.types import Problem, Report, What

__all__ = [
    "GENESIS",
    "Anchor",
    "Problem",
    "Report",
    "Trail",
    "What",
    "anchor_bytes",
    "check_events",
    "check_growing",
    "event_hash",
    "parse_anchor",
    "record_bytes",
    "record_hash",
]
