/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of this build, in the order `help` shows them. */
#include "usr/commands.h"

#include "config/features.h"

const struct command *const commands[] = {
	&cmd_help,
	&cmd_autoboot,
	&cmd_dhcp,
#if CONFIG_PROXYDHCP
	&cmd_pxebs,
#endif
	&cmd_ifopen, &cmd_ifclose, &cmd_ifstat,
#if CONFIG_TOOLS
	&cmd_route, &cmd_nslookup, &cmd_ping,
#endif
	&cmd_kernel, &cmd_initrd, &cmd_boot,
#if CONFIG_DISKS
	&cmd_memdisk,
#endif
#if CONFIG_SAN
	&cmd_sanboot, &cmd_sanhook, &cmd_sanunhook,
#endif
	&cmd_imgargs, &cmd_imgwait, &cmd_imgstat, &cmd_imgfree,
#if CONFIG_GZIP || CONFIG_XZ
	&cmd_imgextract,
#endif
#if CONFIG_DIGESTS
	&cmd_sha256sum, &cmd_sha1sum, &cmd_md5sum,
#endif
	&cmd_set, &cmd_clear, &cmd_show,
	&cmd_echo, &cmd_sleep,
#if CONFIG_TOOLS
	&cmd_time, &cmd_poweroff,
#endif
	&cmd_reboot, &cmd_shell, &cmd_exit,
	NULL
};
