from django.db import models

from archive.lanes import Lane
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
    lane = models.CharField(max_length=12, default=Lane.BATCH)
    unit = models.CharField(max_length=100, blank=True)
    """Whose it is: the batch's unit, kept here for the claim."""
    state = models.CharField(max_length=10, default=RunState.READY)
    priority = models.IntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    """Counted at the claim; the fence at the finish."""
    strikes = models.PositiveIntegerField(default=0)
    """Attempts that failed by the stage's own fault, not by the machine's stop."""
    owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    """When its newest attempt began."""
    not_before = models.DateTimeField(null=True)
    """Until when it rests; None: due at once."""
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
                fields=("lane", "unit", "-priority", "id"),
                name="claim_order",
                condition=models.Q(state=RunState.READY, not_before=None),
            ),
            models.Index(
                fields=("lane", "id"),
                name="queue_age",
                condition=models.Q(state=RunState.READY, not_before=None),
            ),
            models.Index(
                fields=("not_before",),
                name="resting",
                condition=models.Q(state=RunState.READY, not_before__isnull=False),
            ),
            models.Index(
                fields=("lease_until",), name="leases", condition=models.Q(state=RunState.RUNNING)
            ),
            models.Index(
                fields=("state", "stage"),
                name="open_runs",
                condition=models.Q(state__in=(RunState.READY, RunState.RUNNING)),
            ),
            models.Index(fields=("receipt", "state"), name="runs_of_file"),
            models.Index(fields=("subject_id", "subject_type"), name="runs_of_subject"),
            models.Index(fields=("id",), name="parked", condition=models.Q(state=RunState.WAITING)),
            models.Index(
                fields=("finished_at",),
                name="given_up_lately",
                condition=models.Q(state__in=(RunState.FAILED, RunState.DEAD)),
            ),
        )

    def __str__(self) -> str:
        """What it does to whom."""
        return f"{self.stage} {self.subject_type} {self.subject_id}"


class UnitTurn(models.Model):
    """When a unit was last served in a lane in which others waited too."""

    lane = models.CharField(max_length=12)
    unit = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("lane", "unit"), name="one_turn_per_unit"),)

    def __str__(self) -> str:
        """Whose turn where."""
        return f"{self.unit} in {self.lane}"
