#!/usr/bin/env bash
# Installs what the lists name (cmake/packages.txt, what a build needs; further ones as arguments) and this Debian lacks;
# as root, or with sudo. A command of a package's name that is there already (node's own npm) serves as well.
set -euo pipefail
lists=("$(dirname "$0")/packages.txt" "$@")
missing=()
while read -r package; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || command -v "$package" >/dev/null ||
    missing+=("$package")
done < <(cat "${lists[@]}")
[ ${#missing[@]} -gt 0 ] || exit 0
echo "安装 / installing: ${missing[*]}"
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# A build needs no service: none is started, and PostgreSQL makes no cluster of its own.
conf=/etc/postgresql-common/createcluster.conf
if [[ " ${missing[*]} " == *" postgresql-"* && ! -e $conf ]]; then
  "${as_root[@]}" mkdir -p "$(dirname $conf)"
  echo "create_main_cluster = false" | "${as_root[@]}" tee $conf >/dev/null
fi
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap '"${as_root[@]}" rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod 755 $policy
fi
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
