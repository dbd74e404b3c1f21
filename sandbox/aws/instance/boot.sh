#!/bin/bash
# What an instance of the sandbox does at boot, and cloud-init with it: user data is read once from IMDSv2 and run as root.
set -uo pipefail
readonly imds=http://169.254.169.254/latest

echo "[    0.000000] sandbox instance $(hostname) boots as $(id -un)"
mkdir -p /run/units /var/lib/cloud
# Held open for reading and writing: whoever writes to it never waits, and whoever reads waits for the word.
mkfifo /run/power
exec 5<>/run/power

fetch_user_data() {
  local token
  token=$(curl -sf --max-time 10 -X PUT "$imds/api/token" -H 'X-aws-ec2-metadata-token-ttl-seconds: 300') || return 1
  curl -sf --max-time 10 -H "X-aws-ec2-metadata-token: $token" "$imds/user-data" -o /var/lib/cloud/user-data
}

run_user_data() {
  if ! fetch_user_data; then
    echo 'cloud-init: no user data'
  elif [[ $(head -c 2 /var/lib/cloud/user-data | tr -d '\0') != '#!' ]]; then
    echo 'cloud-init: user data is no script, ignored'
  else
    chmod 700 /var/lib/cloud/user-data
    echo 'cloud-init: user data starts'
    /var/lib/cloud/user-data 5<&-
    echo "cloud-init: user data ended with $?"
  fi
}

run_user_data &
read -r _ <&5
echo 'reboot: Power down'
