"""The product's settings on a data folder that dies with the test run."""

import atexit
import os
import tempfile
import uuid

os.environ["TANGTHU_HOME"] = tempfile.mkdtemp(prefix="tangthu-test-")
if os.environ.get("TANGTHU_ELASTIC_URL"):
    from tests.scaled import forget_index

    os.environ["TANGTHU_ELASTIC_INDEX"] = f"test-{uuid.uuid4().hex}"
    atexit.register(
        forget_index, os.environ["TANGTHU_ELASTIC_URL"], os.environ["TANGTHU_ELASTIC_INDEX"]
    )

from config.settings import *  # noqa: F403  the home must be set first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed: nothing to guard
