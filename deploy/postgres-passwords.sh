#!/bin/sh
# Gives each service's login the password of its file, `postgres_<service>` in the folder that is
# named (default /run/secrets). To rotate: write a new file, run this, start the service again.
set -eu
folder=${1:-/run/secrets}
for role in registry training payroll scheduling incidents statements; do
  psql --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres -v ON_ERROR_STOP=1 <<SQL
\\set password \`cat "$folder/postgres_$role"\`
ALTER ROLE $role PASSWORD :'password';
SQL
done
