#!/bin/bash
# Checks the very object version that Lockkeeper pinned: role chain, size, SHA-256, shell syntax. One line per check.
# Every variable is data from outside: its form is checked before it is used, and it is never evaluated.
set -euo pipefail

passed() { printf 'ok      %s\n' "$1"; }
failed() { printf 'FAILED  %s\n' "$1"; exit 1; }

# require NAME PATTERN FORM: the variable matches as a whole, or the job ends
require() {
  local value=${!1:-}
  [[ -n $value ]] || failed "variable $1 is missing: start this pipeline through Lockkeeper"
  [[ $value =~ ^($2)$ ]] || failed "variable $1 is not $3"
}

check_variables() {
  local role='arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+'
  require LOCKKEEPER_RUN '[A-Za-z0-9][A-Za-z0-9:._/-]*' 'a run key'
  require AGENT_VERSION '(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}' 'x.x.x'
  require INSTALLER_BUCKET '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]' 'a bucket name'
  require INSTALLER_KEY '[A-Za-z0-9][A-Za-z0-9._/-]*' 'an object key'
  require INSTALLER_VERSION_ID '[A-Za-z0-9._][A-Za-z0-9._-]*' 'an object version'
  require INSTALLER_SHA256 '[0-9a-f]{64}' '64 lower-case hexadecimal digits'
  require RUNNER_ROLE_ARN "$role" 'the ARN of a role'
  require AGENT_DEPLOY_ROLE_ARN "$role" 'the ARN of a role'
  require AWS_REGION '[a-z]{2}(-[a-z]+)+-[0-9]' 'a region'
  export AWS_REGION AWS_DEFAULT_REGION=$AWS_REGION
  passed "variables (run $LOCKKEEPER_RUN, version $AGENT_VERSION)"
}

# The keys stay in variables of this shell and its children; they are printed nowhere.
assume_role() {
  local keys session="lockkeeper-${CI_PIPELINE_ID:-pipeline}"
  [[ $session =~ ^[A-Za-z0-9=,.@_-]{2,64}$ ]] || failed 'CI_PIPELINE_ID cannot name a session'
  keys=$(aws sts assume-role --role-arn "$1" --role-session-name "$session" --duration-seconds 900 \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text) || failed "assume $1"
  read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<<"$keys"
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  passed "assume $1"
}

fetch_installer() {
  local version_id
  version_id=$(aws s3api get-object --bucket "$INSTALLER_BUCKET" --key "$INSTALLER_KEY" \
    --version-id "$INSTALLER_VERSION_ID" --query VersionId --output text "$installer") ||
    failed "fetch s3://$INSTALLER_BUCKET/$INSTALLER_KEY version $INSTALLER_VERSION_ID"
  [[ $version_id == "$INSTALLER_VERSION_ID" ]] || failed "fetch: S3 answered with version $version_id"
  passed "fetch s3://$INSTALLER_BUCKET/$INSTALLER_KEY version $INSTALLER_VERSION_ID"
}

check_size() {
  [[ -s $installer ]] || failed 'size: the installer is empty'
  passed "size $(stat -c %s "$installer") bytes"
}

check_sha256() {
  local found
  found=$(sha256sum "$installer" | cut -d ' ' -f 1)
  [[ $found == "$INSTALLER_SHA256" ]] || failed "SHA-256: expected $INSTALLER_SHA256, found $found"
  passed "SHA-256 $found"
}

check_syntax() {
  local complaint
  # Printable characters only: the installer's text must not steer the terminal that shows this log.
  complaint=$(bash -n "$installer" 2>&1 | tr -cd '[:print:]\n' | head -c 2000) || failed "bash -n: $complaint"
  passed 'bash -n: the syntax is right'
}

folder=$(mktemp -d)
readonly folder installer=$folder/agent-installer.sh
trap 'rm -rf "$folder"' EXIT

check_variables
assume_role "$RUNNER_ROLE_ARN"
assume_role "$AGENT_DEPLOY_ROLE_ARN"
fetch_installer
check_size
check_sha256
check_syntax
