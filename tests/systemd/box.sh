#!/bin/bash
# SPDX-License-Identifier: MIT
# Boots this machine's systemd as the first process of namespaces of its own, on a copy of the file
# system that is thrown away. Only loopback, unless a network namespace is named.
#
#   box.sh try               fails, and says why, where this machine does not allow that
#   box.sh up DIR [NETNS]    DIR/add is copied over the file system first
#   box.sh exec DIR COMMAND...
#   box.sh down DIR
set -euo pipefail
self=$(readlink -f "$0")
verb=$1
shift
if [ $# -gt 0 ]; then
    dir=$(readlink -f "$1")
    group=pmpd-box-$(basename "$dir")
    shift
fi

# Units that want hardware, a console or another network than the box has.
unwanted=(systemd-udevd.service systemd-udev-trigger.service systemd-udevd-kernel.socket systemd-udevd-control.socket
    systemd-timesyncd.service systemd-logind.service systemd-networkd.service systemd-resolved.service
    getty.target systemd-sysctl.service systemd-modules-load.service systemd-remount-fs.service
    sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount
    dev-hugepages.mount dev-mqueue.mount proc-sys-fs-binfmt_misc.automount systemd-binfmt.service
    ldconfig.service systemd-hwdb-update.service systemd-firstboot.service systemd-update-done.service
    systemd-tpm2-setup-early.service systemd-journal-catalog-update.service)

cgroups() {
    awk '$3 == "cgroup2" {print $2; exit}' /proc/mounts
}

# What boot() does first, and nothing after.
try() {
    unshare --net --mount --propagation private --uts --ipc --cgroup --pid --fork --kill-child sh -euc '
        mount -t tmpfs box /tmp
        mkdir /tmp/upper /tmp/work /tmp/tree /tmp/cgroups
        mount -t overlay box -o lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work /tmp/tree
        mount -t cgroup2 cgroup2 /tmp/cgroups
        mknod /tmp/null c 1 3'
}

leader() {
    cat "$dir/leader"
}

in_box() {
    nsenter -t "$(leader)" -m -u -i -n -p -C -r -w env -i \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 SYSTEMD_PAGER=cat SYSTEMD_COLORS=0 "$@"
}

up() {
    local network=(unshare --net) tree
    [ $# -eq 0 ] || network=(nsenter "--net=/run/netns/$1")
    tree=$(cgroups)
    if [ -z "$tree" ]; then
        tree=$dir/cgroup2
        mkdir -p "$tree"
        mount -t cgroup2 cgroup2 "$tree"
    fi
    mkdir -p "$tree/$group"
    echo "$tree" >"$dir/cgroups"
    (
        echo $BASHPID >"$tree/$group/cgroup.procs"
        exec setsid "${network[@]}" unshare --mount --propagation private --uts --ipc --cgroup --pid --fork --kill-child \
            "$self" boot "$dir" </dev/null >"$dir/console" 2>&1
    ) &
    local outer=$!
    for _ in $(seq 200); do
        if [ ! -s "$dir/leader" ]; then
            pgrep -P "$outer" | head -n 1 >"$dir/leader" || true
        elif in_box systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; then
            return 0
        fi
        sleep 0.05
    done
    echo "box.sh: systemd did not come up; its console:" >&2
    tail -n 50 "$dir/console" >&2
    return 1
}

# Runs as the first process; becomes systemd.
boot() {
    local work=$dir/root root=$dir/root/tree unit node name major minor
    mkdir -p "$work"
    mount -t tmpfs -o mode=755 box "$work"
    mkdir "$work/upper" "$work/work" "$root"
    mount -t overlay box -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$root"
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    mount -o bind "$root/proc/sys" "$root/proc/sys"
    mount -o remount,bind,ro "$root/proc/sys"
    mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
    mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
    mkdir "$root/dev/pts" "$root/dev/shm"
    for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
        IFS=: read -r name major minor <<<"$node"
        mknod -m 666 "$root/dev/$name" c "$major" "$minor"
    done
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$root/var/log"
    # Of containers: it forbids packages to start what they bring.
    rm -f "$root/usr/sbin/policy-rc.d"
    rm -rf "$root/etc/systemd/system"
    mkdir -p "$root/etc/systemd/system"
    : >"$root/etc/fstab"
    for unit in "${unwanted[@]}"; do
        ln -sf /dev/null "$root/etc/systemd/system/$unit"
    done
    printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' >"$root/etc/systemd/system/box.target"
    [ ! -d "$dir/add" ] || cp -a "$dir/add/." "$root/"
    hostname box
    ip link set lo up
    cd "$root"
    mkdir -p run/before
    pivot_root . run/before
    umount -l /run/before
    exec env -i container=box PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        /lib/systemd/systemd --system --unit=box.target --show-status=no --log-target=journal
}

down() {
    [ ! -s "$dir/leader" ] || kill -9 "$(leader)" || true
    [ -e "$dir/cgroups" ] || return 0
    local tree
    tree=$(cat "$dir/cgroups")
    for _ in $(seq 100); do
        find "$tree/$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
        [ -d "$tree/$group" ] || break
        sleep 0.05
    done
    [ "$tree" != "$dir/cgroup2" ] || umount "$tree"
}

case $verb in
try) try ;;
up) up "$@" ;;
boot) boot ;;
exec) in_box "$@" ;;
down) down ;;
esac
