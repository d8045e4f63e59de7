from django.db import models


class IndexPass(models.Model):
    """One walk through all documents for the index's sake, in slices, gone on with after a stop."""

    kind = models.CharField(max_length=10)
    """archive.states.PassKind."""
    cursor = models.CharField(max_length=15, blank=True)
    """The last document that was looked at."""
    seen = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    """Entries made due, or filled."""
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind",),
                condition=models.Q(finished_at=None),
                name="one_open_pass_of_a_kind",
            ),
        )

    def __str__(self) -> str:
        """Which walk."""
        return f"{self.kind} {self.pk}"


class WorkerSeen(models.Model):
    """A worker process as it last said that it lives."""

    owner = models.CharField(max_length=100, unique=True)
    """Node, process and number: as in the ledger."""
    node = models.CharField(max_length=100)
    lanes = models.CharField(max_length=100, blank=True)
    version = models.CharField(max_length=40)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Which worker."""
        return self.owner
