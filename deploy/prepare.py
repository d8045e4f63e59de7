#!/opt/tangthu/bin/python -IB
"""Make what the servers of docker-compose.yml must hold before the product starts.

    buckets           the archive's, with Object Lock, and the work store's, without
    minio-accounts    on MinIO: one account a bucket, with no right to pass by a lock
    elastic-account   on Elasticsearch: the product's account, which sees its own indices alone

Run again it changes nothing but rights and passwords, which become those of the secrets. Acts on
the servers' administrators, whose passwords no other container is given.
"""

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from minio import Minio
from minio.credentials import StaticProvider
from minio.error import MinioException
from minio.minioadmin import MinioAdmin
from urllib3.exceptions import HTTPError

TRIES = 30
ROLE = "tangthu"


def main() -> int:
    """Do what is asked, each as often as it takes the server to come up."""
    for word in sys.argv[1:]:
        patiently(STEPS[word])
        sys.stdout.write(f"{word}: done\n")
    return 0


def patiently(step: Callable[[], None]) -> None:
    """A server that answers to its health check may still refuse for a moment."""
    for left in reversed(range(TRIES)):
        try:
            return step()
        except (MinioException, HTTPError, OSError) as error:
            if not left:
                raise
            sys.stderr.write(f"{error}\n")
            time.sleep(2)
    return None


def buckets() -> None:
    """Make both; one that is there is left as it is, and must lock where it has to."""
    client = Minio(credentials=_admin(), **_server())
    archive, work = os.environ["TANGTHU_S3_BUCKET"], os.environ["TANGTHU_WORK_S3_BUCKET"]
    if not client.bucket_exists(archive):
        client.make_bucket(archive, object_lock=True)
    client.get_object_lock_config(archive)
    if not client.bucket_exists(work):
        client.make_bucket(work)


def minio_accounts() -> None:
    """The archive's may write and lock but not delete a version under its lock; each sees its own.

    Without `s3:BypassGovernanceRetention` and `s3:PutBucket...` nobody who has taken over the
    application can shorten a lock.
    """
    admin = MinioAdmin(credentials=_admin(), **_server())
    for account, bucket, secret in (
        (
            os.environ["TANGTHU_S3_ACCESS_KEY"],
            os.environ["TANGTHU_S3_BUCKET"],
            read("TANGTHU_S3_SECRET_KEY_FILE"),
        ),
        (
            os.environ["TANGTHU_WORK_S3_ACCESS_KEY"],
            os.environ["TANGTHU_WORK_S3_BUCKET"],
            read("TANGTHU_WORK_S3_SECRET_KEY_FILE"),
        ),
    ):
        admin.policy_add(account, policy=policy(bucket))
        admin.user_add(account, secret)
        admin.policy_set(account, user=account)


def policy(bucket: str) -> dict[str, Any]:
    """What the product does in a bucket, in the words of S3."""
    look = ["GetBucketLocation", "GetBucketObjectLockConfiguration", "GetBucketVersioning",
            "ListBucket", "ListBucketMultipartUploads", "ListBucketVersions"]  # fmt: skip
    keep = ["AbortMultipartUpload", "DeleteObject", "DeleteObjectVersion", "GetObject",
            "GetObjectLegalHold", "GetObjectRetention", "GetObjectVersion",
            "ListMultipartUploadParts", "PutObject", "PutObjectLegalHold",
            "PutObjectRetention"]  # fmt: skip
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": [f"s3:{name}" for name in names], "Resource": [where]}
            for names, where in (
                (look, f"arn:aws:s3:::{bucket}"),
                (keep, f"arn:aws:s3:::{bucket}/*"),
            )
        ],
    }


def elastic_account() -> None:
    """One role over the product's indices, one account that has it."""
    index = os.environ.get("TANGTHU_ELASTIC_INDEX") or "tangthu"
    rights = {"names": [f"{index}*"], "privileges": ["all"]}
    _elastic(f"role/{ROLE}", {"cluster": ["monitor"], "indices": [rights]})
    password = read("TANGTHU_ELASTIC_PASSWORD_FILE")
    name = os.environ["TANGTHU_ELASTIC_USER"]
    _elastic(f"user/{name}", {"password": password, "roles": [ROLE]})


def _elastic(what: str, body: dict[str, Any]) -> None:
    secret = f"elastic:{read('PREPARE_ELASTIC_ADMIN_PASSWORD_FILE')}".encode()
    request = urllib.request.Request(
        f"{os.environ['TANGTHU_ELASTIC_URL']}/_security/{what}",
        data=json.dumps(body).encode(),
        method="PUT",
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Basic {base64.b64encode(secret).decode()}",
        },
    )
    with urllib.request.urlopen(request, timeout=30):
        pass


def _server() -> dict[str, Any]:
    secure = os.environ.get("TANGTHU_S3_SECURE", "1") == "1"
    return {"endpoint": os.environ["TANGTHU_S3_ENDPOINT"], "secure": secure}


def _admin() -> StaticProvider:
    return StaticProvider(os.environ["PREPARE_S3_ADMIN"], read("PREPARE_S3_ADMIN_PASSWORD_FILE"))


def read(variable: str) -> str:
    """What the file that a variable names holds."""
    return Path(os.environ[variable]).read_text(encoding="utf-8").strip()


STEPS = {
    "buckets": buckets,
    "minio-accounts": minio_accounts,
    "elastic-account": elastic_account,
}

if __name__ == "__main__":
    sys.exit(main())
