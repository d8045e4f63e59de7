from django.db import models

from archive.states import RunState


class StageRun(models.Model):
    """One row per stage run: the truth about what was done and what is due."""

    stage = models.CharField(max_length=20)
    subject_type = models.CharField(max_length=10)
    """receipt, page or document."""
    subject_id = models.CharField(max_length=20)
    receipt = models.ForeignKey("archive.Receipt", on_delete=models.CASCADE, related_name="runs")
    """The file that it all comes from: for fan-in, fairness and progress."""
    key = models.CharField(max_length=64)
    """hash(stage, stage version, options, inputs)."""
    state = models.CharField(max_length=10, default=RunState.READY)
    priority = models.IntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    """Counted at the claim; the fence at the finish."""
    strikes = models.PositiveIntegerField(default=0)
    """Attempts that failed by the stage's own fault, not by the machine's stop."""
    owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    output = models.JSONField(null=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("stage", "subject_type", "subject_id", "key"), name="one_run_per_key"
            ),
        )
        indexes = (
            models.Index(
                fields=("state", "-priority", "id"),
                name="claim_order",
                condition=models.Q(state__in=(RunState.READY, RunState.RUNNING)),
            ),
            models.Index(fields=("receipt", "state"), name="runs_of_file"),
        )

    def __str__(self) -> str:
        """What it does to whom."""
        return f"{self.stage} {self.subject_type} {self.subject_id}"
