#!/bin/bash
# The part of the official image's start that docker-compose.yml uses: settings by environment, the
# administrator's password from a file. The product's account is a line in files, with the rights that
# deploy/prepare.py gives: this distribution has not the analysis that the index of accounts needs.
set -euo pipefail
if [ ! -f config/elasticsearch.keystore ]; then
    bin/elasticsearch-keystore create >/dev/null
    bin/elasticsearch-keystore add -x bootstrap.password <"$ELASTIC_PASSWORD_FILE"
    cat >config/roles.yml <<END
tangthu:
  cluster: [monitor]
  indices: [{names: ["tangthu*"], privileges: [all]}]
END
    bin/elasticsearch-users useradd tangthu -p "$(cat /run/secrets/elastic.password)" -r tangthu
fi
settings=()
while IFS='=' read -r name value; do
    if [[ $name =~ ^[a-z0-9_]+\.[a-z0-9_.]+$ && -n $value ]]; then
        settings+=("-E$name=$value")
    fi
done < <(env)
exec bin/elasticsearch -E network.host=0.0.0.0 "${settings[@]}"
