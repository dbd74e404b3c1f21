#!/bin/bash
# The change gate for any CI (docs/change-gate.md): asks, waits, runs the deploy, and says how it ended.
#
#   change-gate.sh [--plan plan.json] -- <deploy command> [<argument> …]
#
# Needs the lockkeeper command (or LOCKKEEPER, the path of it) and in the environment:
#   LOCKKEEPER_GATE_URL     where the starters are (https)
#   LOCKKEEPER_GATE_TOKEN   the shared token, from the CI's own secrets; in GitLab LOCKKEEPER_ID_TOKEN instead
#   GATE_ENVIRONMENT GATE_PROJECT GATE_BUILD_JOB GATE_BUILD GATE_BRANCH GATE_SHA   which build, for which environment
#   GATE_TIMEOUT            optional: 90s, 30m, 12h; when it is over, run it again and it goes on waiting (exit code 14)
#   GATE_LOG_URL            optional: the log of this job
# Ends with the exit code of the deploy, or with that of `lockkeeper gate`: 10 rejected, 11 cancelled, 12 expired, 13 mismatch.
set -euo pipefail

lockkeeper=${LOCKKEEPER:-lockkeeper}
plan=''

usage() {
  printf 'usage: change-gate.sh [--plan plan.json] -- <deploy command> [<argument> ...]\n' >&2
  exit 2
}

if [[ ${1:-} == --plan ]]; then
  [[ -n ${2:-} ]] || usage
  plan=$2
  shift 2
fi
[[ ${1:-} == -- ]] || usage
shift
[[ $# -gt 0 ]] || usage

for name in GATE_ENVIRONMENT GATE_PROJECT GATE_BUILD_JOB GATE_BUILD GATE_BRANCH GATE_SHA LOCKKEEPER_GATE_URL; do
  [[ -n ${!name:-} ]] || { printf 'change-gate.sh: %s is not set\n' "$name" >&2; exit 2; }
done

place=(--environment "$GATE_ENVIRONMENT" --project "$GATE_PROJECT" --build "$GATE_BUILD")
build=("${place[@]}" --build-job "$GATE_BUILD_JOB" --branch "$GATE_BRANCH" --sha "$GATE_SHA")
result=(gate deployed "${place[@]}")
[[ -z ${GATE_LOG_URL:-} ]] || result+=(--url "$GATE_LOG_URL")
wait=(gate wait "${build[@]}")
[[ -z ${GATE_TIMEOUT:-} ]] || wait+=(--timeout "$GATE_TIMEOUT")

"$lockkeeper" gate request "${build[@]}"
if [[ -n $plan ]]; then
  code=0
  "$lockkeeper" gate plan "$plan" "${place[@]}" || code=$?
  # 20: risky, so that people are asked about it; the wait below waits for them too
  [[ $code -eq 0 || $code -eq 20 ]] || exit "$code"
fi
"$lockkeeper" "${wait[@]}"

code=0
# the deploy needs no word with the gate: its scripts do not get the credential
env -u LOCKKEEPER_GATE_TOKEN -u LOCKKEEPER_ID_TOKEN "$@" || code=$?
if [[ $code -eq 0 ]]; then
  "$lockkeeper" "${result[@]}" --result success
else
  "$lockkeeper" "${result[@]}" --result failure ||
    printf 'change-gate.sh: the failure could not be reported: lockkeeper gate deployed --result failure\n' >&2
fi
exit "$code"
