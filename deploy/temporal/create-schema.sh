#!/bin/sh
# Creates or upgrades both databases of Temporal; may be repeated. Runs in temporalio/admin-tools.
set -eu

SQL_PASSWORD=$(cat /run/secrets/postgres_password)
export SQL_PASSWORD
schemas=/etc/temporal/schema/postgresql/v12

# apply DATABASE FOLDER
apply() {
  temporal-sql-tool --plugin postgres12 --ep postgresql -p 5432 -u temporal --db "$1" create
  temporal-sql-tool --plugin postgres12 --ep postgresql -p 5432 -u temporal --db "$1" setup-schema -v 0.0
  temporal-sql-tool --plugin postgres12 --ep postgresql -p 5432 -u temporal --db "$1" update-schema -d "$schemas/$2/versioned"
}

apply temporal temporal
apply temporal_visibility visibility
