"""What the nodes of one house share beside its papers."""

from django.db import models


class HouseMark(models.Model):
    """One thing that the house knows of itself."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(max_length=200)

    def __str__(self) -> str:
        """What it is about."""
        return self.name


class HouseKey(models.Model):
    """A key that every node must hold, by its id: it names the key without giving it away."""

    name = models.CharField(max_length=60)
    """"node", "cookie" or "class:NAME"."""
    key_id = models.CharField(max_length=64)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("name", "key_id"), name="one_row_per_house_key"),
        )

    def __str__(self) -> str:
        """Which key."""
        return f"{self.name} {self.key_id}"


class SharedFile(models.Model):
    """A small file that every node has a copy of: what was learnt, the test authority."""

    name = models.CharField(max_length=200, primary_key=True)
    """A path with "/" below the folder that it is kept in."""
    sha256 = models.CharField(max_length=64)
    """Of the plain bytes."""
    content = models.BinaryField()
    """A container under the node's key."""

    def __str__(self) -> str:
        """Its name."""
        return self.name


class TryCount(models.Model):
    """How often somebody failed to sign in, until when it counts."""

    name = models.CharField(max_length=64, primary_key=True)
    """A hash: addresses and names of accounts are nobody's business."""
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Which."""
        return self.name
