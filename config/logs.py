"""One line a log entry: time, level, event, then its fields."""

import logging

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class FieldFormatter(logging.Formatter):
    """Static event names with fields behind them: `stage failed run=12 code=ocr_timeout`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the fields that the caller gave in `extra`."""
        line = super().format(record)
        fields = {name: value for name, value in vars(record).items() if name not in _OWN}
        told = " ".join(f"{name}={value}" for name, value in fields.items())
        head, *rest = line.split("\n", 1)
        return "\n".join([f"{head} {told}".rstrip(), *rest])
