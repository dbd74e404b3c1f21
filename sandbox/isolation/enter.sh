#!/bin/bash
# Process 1 of an isolated system, started by run-isolated.ts inside new user, mount, pid, net, uts and ipc namespaces.
# It builds a root of its own, leaves the host's file system for good and supervises one command.
#
#   enter.sh LAB HOSTNAME COMMAND…       file descriptor 3 is the lifeline: it ends when the starting process ends
#
# LAB holds: root/ (empty), env (NUL-separated NAME=value), mounts (NUL-separated source, target, source, target…),
# forwards.json and addresses (one address a line), and whatever the starter put there for the command: seen as /lab/run.
set -euo pipefail

lab=$1
root=$1/root
host_name=$2
shift 2

# Every mount below the target is made read-only too. A remount has to repeat the flags that a user namespace may not drop.
bind_read_only() {
  local source=$1 target=$2 mounts point options
  if [[ -d $source ]]; then mkdir -p "$target"; else mkdir -p "${target%/*}" && touch "$target"; fi
  mount --rbind "$source" "$target"
  mapfile -t mounts </proc/self/mountinfo
  for line in "${mounts[@]}"; do
    read -r _ _ _ _ point options _ <<<"$line"
    printf -v point '%b' "$point"
    [[ $point == "$target" || $point == "$target"/* ]] || continue
    mount -o "remount,bind,ro${options#r[ow]}" "$point"
  done
}

# Only harmless devices, and read-only: uid 0 may be who we are outside, and could open the host's disks or change the
# mode of its /dev/null. Reading from and writing to a device stays possible.
make_devices() {
  local device
  mkdir -p "$root/dev/shm"
  for device in null zero full random urandom tty; do bind_read_only "/dev/$device" "$root/dev/$device"; done
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s /proc/self/fd/0 "$root/dev/stdin"
  ln -s /proc/self/fd/1 "$root/dev/stdout"
  ln -s /proc/self/fd/2 "$root/dev/stderr"
}

make_system_files() {
  local link
  mkdir -p "$root"/{etc/systemd/system,home,lab,opt,proc,root,run,srv,tmp,var/lib,var/log,var/tmp}
  chmod 1777 "$root"/{tmp,var/tmp,dev/shm}
  for link in bin sbin lib lib32 lib64; do
    if [[ -L /$link ]]; then
      ln -s "$(readlink "/$link")" "$root/$link"
    elif [[ -d /$link ]]; then
      bind_read_only "/$link" "$root/$link"
    fi
  done
  for link in /etc/alternatives /etc/ld.so.cache; do
    if [[ -e $link ]]; then bind_read_only "$link" "$root$link"; fi
  done
  printf 'root:x:0:0:root:/root:/bin/bash\n' >"$root/etc/passwd"
  printf 'root:x:0:\n' >"$root/etc/group"
  printf '127.0.0.1 localhost %s\n' "$host_name" >"$root/etc/hosts"
}

mount_starters_files() {
  local pairs i
  mapfile -d '' -t pairs <"$lab/mounts"
  for ((i = 0; i < ${#pairs[@]}; i += 2)); do bind_read_only "${pairs[i]}" "$root${pairs[i + 1]}"; done
  bind_read_only "$lab" "$root/lab/run"
}

# subset=pid: no /proc/sys, no /proc/sysrq-trigger, which are writable for the host's uid 0 even without capabilities.
leave_the_host() {
  mount -t proc -o subset=pid proc "$root/proc"
  cd "$root"
  pivot_root . .
  umount -l .
  hostname "$host_name" || echo "isolation: the host name stays $(uname -n)" >&2
}

start_forwarder() {
  local address ready
  ip link set lo up
  while read -r address; do ip address add "$address/32" dev lo; done <"/lab/run/addresses"
  exec 4< <(exec /lab/bin/node /lab/forward.mjs /lab/run/forwards.json 3<&-)
  read -r ready <&4 || { echo 'isolation: the forwarder did not start' >&2; exit 125; }
}

# Without these the command could remount what is read-only, chroot its way about or reconfigure the network.
readonly kept_capabilities=+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+net_bind_service

run_command() {
  local variables
  mapfile -d '' -t variables </lab/run/env
  exec setpriv --bounding-set "-all,$kept_capabilities" --inh-caps=-all --no-new-privs \
    env -i "${variables[@]}" "$@" </dev/null 3<&- 4<&-
}

mount --make-rprivate /
mount -t tmpfs -o size=1g,mode=755 tmpfs "$root"
bind_read_only /usr "$root/usr"
make_devices
make_system_files
mount_starters_files
leave_the_host
start_forwarder

cat <&3 >/dev/null &
lifeline=$!
run_command "$@" &
wait -n -p ended && status=0 || status=$?
# The kernel kills everything else when process 1 ends.
if [[ $ended == "$lifeline" ]]; then exit 137; fi
exit "$status"
