#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Install what is missing, by Debian's packages, as root or with sudo: deps.sh GROUP...
#   build   to build the ROMs          demo    also to show them in QEMU          check   also to run every test and the bench
# Nothing is asked for, nothing is updated, and no service is started; where all is there already no network is needed.
set -eu
cd "$(dirname "$0")/.."

build="gcc libc6-dev binutils make nasm"
demo="qemu-system-x86 python3 python3-pexpect debian-installer-12-netboot-amd64"
check="git xz-utils gcc-multilib clang libclang-rt-14-dev qemu-user-static python3-pytest python3-pytest-xdist nginx-light
	debian-installer-12-netboot-i386 ipxe-qemu iproute2 dnsmasq-base procps curl valgrind tftpd-hpa kea-dhcp4-server gcovr grub-common
	apache2-bin lighttpd busybox unbound
	grub-pc-bin ipxe pxelinux syslinux syslinux-common syslinux-utils isolinux
	grub-rescue-pc mtools xorriso libwrap0 libpcre2-8-0"

wanted=
for group; do
	case $group in
	build) wanted="$wanted $build" ;;
	demo) wanted="$wanted $build $demo" ;;
	check) wanted="$wanted $build $demo $check" ;;
	*) echo "deps.sh: no group \"$group\"; there are build, demo and check" >&2; exit 2 ;;
	esac
done

missing=
for package in $wanted; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) in
	installed) ;;
	*) missing="$missing $package" ;;
	esac
done

# atftpd, which Debian does not install beside tftpd-hpa, is unpacked in build/atftpd. The tests that want it say so where it is missing.
fetch_atftpd() {
	case " $* " in *" check "*) ;; *) return ;; esac
	if command -v atftpd >/dev/null || [ -x build/atftpd/usr/sbin/atftpd ]; then return; fi
	rm -rf build/atftpd
	mkdir -p build/atftpd
	if ! (cd build/atftpd && apt-get -q download atftpd && dpkg-deb -x atftpd_*.deb .) </dev/null >build/atftpd/log 2>&1; then
		echo "deps.sh: Debian's atftpd cannot be fetched (build/atftpd/log): the tests with it are skipped" >&2
	fi
}

if [ -z "$missing" ]; then
	fetch_atftpd "$@"
	exit 0
fi

if ! command -v apt-get >/dev/null; then
	echo "deps.sh: there is no apt-get here; wanted are what Debian calls$missing" >&2
	exit 1
fi
root=
if [ "$(id -u)" -ne 0 ]; then
	root=sudo
	command -v sudo >/dev/null || { echo "deps.sh: missing$missing; run as root or install sudo" >&2; exit 1; }
fi

# Debian starts a service when it is installed, unless this file says no (nginx on port 80 is nobody's wish here).
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null
	$root chmod 755 $policy
	trap '$root rm -f $policy' EXIT
fi
echo "installing:$missing"
apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0"
$apt update </dev/null
# shellcheck disable=SC2086
$apt install --no-install-recommends $missing </dev/null
fetch_atftpd "$@"
