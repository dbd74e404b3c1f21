# The body of the test instance's user data; user-data.ts writes the settings above it. Runs as root on Amazon Linux 2023.
# It checks the installer step by step, reports exactly one result and always switches the machine off.

work=$(mktemp -d)
readonly work installer=$work/agent-installer.sh output=$work/output answer=$work/answer
step=boot

begin() { step=$1; echo "agent check: $step"; }

seconds_left() { echo $((deadline_seconds > SECONDS ? deadline_seconds - SECONDS : 1)); }

# bounded COMMAND…: within the deadline, output to the file. Never a pipe: a daemon left behind would keep it open for ever.
bounded() { timeout --kill-after=5 "$(seconds_left)" "$@" >>"$output" 2>&1 </dev/null; }

imds() {
  local token
  token=$(curl -sf --max-time 5 -X PUT http://169.254.169.254/latest/api/token \
    -H 'X-aws-ec2-metadata-token-ttl-seconds: 60') || return 0
  curl -sf --max-time 5 -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/$1" || true
}

# Free text is hostile (an installer wrote it): base64 needs no escaping. Limits keep the result below 64 KB.
encode_end() { tail -c "$1" "$2" 2>/dev/null | base64 -w 0; }

write_result() {
  local status=$1 detail=$2 instance account
  instance=$(imds meta-data/instance-id | tr -cd 'a-z0-9-')
  account=$(imds dynamic/instance-identity/document | sed -n 's/.*"accountId" *: *"\([0-9]*\)".*/\1/p')
  { printf '%s\n' "$detail"; tail -c 30000 "$output" 2>/dev/null; } >"$work/detail" || true
  printf '{%s,"instanceId":"%s","account":"%s","status":"%s","step":"%s","detailBase64":"%s","reportedVersionBase64":"%s"}' \
    "$identity" "$instance" "$account" "$status" "$step" \
    "$(encode_end 32000 "$work/detail")" "$(encode_end 1000 "$answer")" >"$work/result.json"
}

# Write-once: 412 says that an earlier attempt of ours arrived although its answer was lost.
upload_result() {
  local attempt code
  for attempt in 1 2 3 4 5; do
    code=$(curl -s --max-time 20 -o /dev/null -w '%{http_code}' -X PUT -H 'content-type: application/json' \
      -H 'if-none-match: *' --data-binary "@$work/result.json" "$result_url") || true
    echo "result upload, attempt $attempt: HTTP $code"
    case $code in
      200 | 412) return 0 ;;
      000 | 409 | 429 | 5??) sleep "$attempt" ;;
      *) return 1 ;;
    esac
  done
  return 1
}

finish() {
  trap - ERR EXIT HUP INT TERM
  set +e
  echo "agent check: $1 at step $step: $2"
  tail -c 2000 "$output" | tr -cd '[:print:]\n\t'
  write_result "$1" "$2"
  upload_result
  shutdown -h now
  exit 0
}

fail() { finish failed "$1"; }

trap 'fail "line $LINENO: $BASH_COMMAND"' ERR
trap 'fail "the user data ended early"' EXIT
trap 'fail "the user data was told to end"' HUP INT TERM

# explain CODE WHAT: why a bounded command failed
explain() {
  case $1 in
    124 | 137) echo "$2 did not end within the deadline of $deadline_seconds s" ;;
    *) echo "$2 ended with exit code $1" ;;
  esac
}

service_is_active() { bounded systemctl is-active --quiet "$service_name"; }

begin download
bounded curl -sS --fail --retry 3 -o "$installer" "$installer_url" || fail "$(explain $? 'the download')"

begin checksum
found_sha256=$(sha256sum "$installer" | cut -d ' ' -f 1)
[[ $found_sha256 == "$installer_sha256" ]] || fail "expected SHA-256 $installer_sha256, found $found_sha256"

begin install
chmod 700 "$installer"
bounded "$installer" || fail "$(explain $? 'the installer')"

begin service
for ((tries = 0; tries < 20; tries++)); do
  if service_is_active; then break; fi
  sleep 0.25
done
service_is_active || fail "service $service_name is not active: $(timeout 5 systemctl is-active "$service_name" || true)"
sleep "$settle_seconds"
service_is_active || fail "service $service_name did not stay active for $settle_seconds s"

begin version
timeout --kill-after=5 "$(seconds_left)" bash -c "$version_command" >"$answer" 2>>"$output" </dev/null ||
  fail "$(explain $? 'the version command')"
# Byte by byte; one line end is what a command prints, anything else is another version.
printf '%s\n' "$expected_version" | cmp -s - "$answer" || printf '%s' "$expected_version" | cmp -s - "$answer" ||
  fail 'the reported version is not the expected one'

finish passed 'all checks passed'
