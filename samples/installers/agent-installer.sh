# Installs the security agent and starts its service; make-installer.ts writes the settings above this line.
set -euo pipefail
readonly home=/opt/security-agent

echo "installing security-agent $version"
mkdir -p "$home/bin"
cat >"$home/bin/security-agent" <<AGENT
#!/bin/bash
case \${1:-} in
  --version) echo '$version$reported_suffix' ;;
  run) echo 'security-agent $version watches'; exec sleep $lifetime ;;
  *) echo 'usage: security-agent --version | run' >&2; exit 64 ;;
esac
AGENT
chmod 755 "$home/bin/security-agent"

cat >/etc/systemd/system/security-agent.service <<UNIT
[Unit]
Description=Security agent $version

[Service]
ExecStart=$home/bin/security-agent run

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now security-agent
echo "security-agent $version is installed"
