#!/bin/bash
# SeaweedFS where docker-compose.yml has MinIO: the administrator and the two accounts that
# deploy/prepare.py makes there, with rights of the same reach, from the same secrets.
set -euo pipefail
keep='"Read:%1","Write:%1","List:%1","Tagging:%1","GetBucketVersioning:%1"'
keep+=',"GetBucketObjectLockConfiguration:%1","PutObjectRetention:%1","GetObjectRetention:%1"'
keep+=',"PutObjectLegalHold:%1","GetObjectLegalHold:%1"'

# identity NAME KEY-FILE ACTIONS
identity() {
    printf '{"name":"%s","credentials":[{"accessKey":"%s","secretKey":"%s"}],"actions":[%s]}' \
        "$1" "$1" "$(cat "/run/secrets/$2")" "$3"
}

printf '{"identities":[%s,%s,%s]}' \
    "$(identity "$MINIO_ROOT_USER" minio-root.password '"Admin"')" \
    "$(identity tangthu-archive archive-s3.key "${keep//%1/tangthu}")" \
    "$(identity tangthu-work work-s3.key "${keep//%1/tangthu-work}")" >/tmp/s3.json
exec weed -logtostderr server -dir=/data -ip=127.0.0.1 -ip.bind=0.0.0.0 -filer \
    -master.volumeSizeLimitMB=64 -volume.max=0 -volume.preStopSeconds=0 \
    -s3 -s3.port=9000 -s3.config=/tmp/s3.json -s3.port.iceberg=0 -s3.port.lance=0
