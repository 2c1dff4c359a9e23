/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that usr/commands.c may list, each defined in the usr/cmd_*.c named. */
#ifndef USR_COMMANDS_H
#define USR_COMMANDS_H

#include "usr/command.h"

/* cmd_basic.c */
extern const struct command cmd_help, cmd_autoboot, cmd_echo, cmd_sleep, cmd_time, cmd_reboot, cmd_poweroff, cmd_shell, cmd_exit;
/* cmd_digest.c */
extern const struct command cmd_sha256sum, cmd_sha1sum, cmd_md5sum;
/* cmd_net.c */
extern const struct command cmd_dhcp, cmd_pxebs, cmd_ifopen, cmd_ifclose, cmd_ifstat, cmd_route, cmd_nslookup, cmd_ping;
/* cmd_image.c */
extern const struct command cmd_kernel, cmd_initrd, cmd_boot, cmd_memdisk, cmd_imgargs, cmd_imgstat, cmd_imgfree, cmd_imgwait;
/* cmd_san.c */
extern const struct command cmd_sanboot, cmd_sanhook, cmd_sanunhook;
/* cmd_settings.c */
extern const struct command cmd_set, cmd_clear, cmd_show;
/* cmd_unpack.c */
extern const struct command cmd_imgextract;

#endif
