from django.db import models


class AuditEvent(models.Model):
    """One link of the chain. Rows are only ever added."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    day = models.DateField()
    at = models.CharField(max_length=32)
    """ISO 8601 UTC to the microsecond, as hashed."""
    tag = models.CharField(max_length=40)
    actor = models.CharField(max_length=100)
    subject = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=("day", "seq"), name="events_of_day"),
            models.Index(fields=("subject", "seq"), name="events_of_subject"),
        )

    def __str__(self) -> str:
        """Its place and tag."""
        return f"{self.seq} {self.tag}"


class AuditMention(models.Model):
    """A document that an event names in a list (what a search showed): the chain's index."""

    event = models.ForeignKey(AuditEvent, on_delete=models.CASCADE, related_name="mentions")
    document = models.CharField(max_length=15, db_index=True)
    """Its id; the document itself may be cut anew."""

    def __str__(self) -> str:
        """Which document in which event."""
        return f"{self.document} in {self.event_id}"


class AuditHead(models.Model):
    """The locked head of one day: how far the chain had come, and with which hash."""

    day = models.DateField(primary_key=True)
    first_seq = models.PositiveBigIntegerField()
    last_seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    anchored_seq = models.PositiveBigIntegerField(default=0)
    """The last event whose hash also lies in the store."""
    stamped_seq = models.PositiveBigIntegerField(default=0)
    """The last of those anchors that carries a timestamp token; 0: none."""
    stamped_sha256 = models.CharField(max_length=64, blank=True)
    """That token's SHA-256."""

    def __str__(self) -> str:
        """Its day."""
        return str(self.day)
