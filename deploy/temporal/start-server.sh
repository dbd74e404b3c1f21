#!/bin/sh
# The image of Temporal wants the database's password as a variable; a secret is given as a file, so that it stands in no
# configuration and no `docker inspect`.
set -eu

POSTGRES_PWD=$(cat /run/secrets/postgres_password)
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
