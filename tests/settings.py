"""The product's settings on a data folder that dies with the test run."""

import os
import tempfile

os.environ["TANGTHU_HOME"] = tempfile.mkdtemp(prefix="tangthu-test-")

from config.settings import *  # noqa: F403  the home must be set first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed: nothing to guard
