/* SPDX-License-Identifier: BSD-2-Clause */
/* From a machine that is ready to a machine that goes back to its BIOS, or boots. */
#include "usr/main.h"

#include "config/features.h"
#include "config/general.h"
#include "core/clock.h"
#include "core/console.h"
#include "core/entropy.h"
#include "core/errors.h"
#include "core/heap.h"
#include "core/printf.h"
#include "core/random.h"
#include "core/settings.h"
#include "core/smbios.h"
#include "core/string.h"
#include "core/system.h"
#include "core/unpack.h"
#include "drivers/net/probe.h"
#include "image/image.h"
#include "net/net.h"
#include "usr/autoboot.h"
#include "usr/fetch.h"
#include "usr/handed.h"
#include "usr/ifmgmt.h"
#include "usr/running.h"
#include "usr/script.h"
#include "usr/shell.h"
#include "usr/wait.h"

#define PCI_CLASS_ETHERNET 0x0200

/** An interface and its NIC, as one block of the heap. */
struct port { struct netif netif; struct nic nic; };

static struct settings_scope smbios;

static bool is_own_function(const struct pci_device *dev)
{
	const struct system_entry *entry = system_entry();

	return entry->has_pci && dev->bus == entry->bus && dev->slot == entry->slot && dev->function == entry->function;
}

static int add_port(const struct pci_device *dev)
{
	struct port *port = heap_zalloc(sizeof(*port));
	int rc = port ? nic_probe(&port->nic, dev) : -ENOMEM;

	if (rc == 0) {
		netif_init(&port->netif, &the_net, &port->nic);
		random_stir(port->nic.mac, NIC_MAC_BYTES);
	} else {
		heap_free(port);
	}
	return rc;
}

/** Make an interface of every NIC that a driver knows: with @own the function this ROM belongs to, else all others. */
static void add_ports(bool own)
{
	struct pci_device dev;
	uint32_t cursor = 0;

	while (pci_next(&cursor, &dev)) {
		char name[16];
		int rc;

		if (is_own_function(&dev) != own || !nic_driver_find(&dev))
			continue;
		shell_job_begin();
		rc = add_port(&dev);
		text_format(name, sizeof(name), "PCI %02x:%02x.%x", dev.bus, dev.slot, dev.function);
		shell_job_end(name, rc);
	}
}

/** No NIC: say which ones are there that no driver knows. */
static void show_unsupported(void)
{
	struct pci_device dev;
	uint32_t cursor = 0;

	print("no supported network device (PCI devices of that class:");
	while (pci_next(&cursor, &dev))
		if (dev.class_code >> 8 == PCI_CLASS_ETHERNET)
			print(" %04x:%04x", dev.vendor, dev.device);
	print(")\n");
}

static void find_ports(void)
{
	add_ports(true);
	add_ports(false);
	if (list_empty(&the_net.netifs))
		show_unsupported();
}

static void remove_ports(void)
{
	struct list *pos, *next;

	list_for_each_safe(pos, next, &the_net.netifs) {
		struct port *port = container_of(list_entry(pos, struct netif, link), struct port, netif);

		list_remove(&port->netif.link);
		settings_detach(&port->netif.lease);
		settings_detach(&port->netif.settings);
		nic_remove(&port->nic);
		heap_free(port);
	}
	net_init(&the_net);
}

static void store_text(struct settings_scope *scope, const char *name, const char *text)
{
	if (*text)
		settings_store(scope, 0, name, text, strlen(text));
}

/** What the firmware says of the machine becomes the scope "smbios". */
static void read_smbios(void)
{
	struct smbios_system system;

	if (!smbios_read(&system))
		return;
	settings_attach(&smbios, settings_root(), "smbios");
	store_text(&smbios, "manufacturer", system.manufacturer);
	store_text(&smbios, "product", system.product);
	store_text(&smbios, "serial", system.serial);
	store_text(&smbios, "asset", system.asset);
	if (system.has_uuid)
		settings_store(&smbios, 0, "uuid", system.uuid, sizeof(system.uuid));
}

static void start(void)
{
	uint8_t seed[32];

	entropy_gather(seed, sizeof(seed));
	random_stir(seed, sizeof(seed));
	space_init();
	net_init(&the_net);
	running_init();
	settings_set("version", CONFIG_PRODUCT_VERSION);
	settings_set("platform", "pcbios");
	settings_set("buildarch", "i386");
	read_smbios();
}

static void banner(void)
{
	print("\n\033[1m" CONFIG_PRODUCT_NAME " " CONFIG_PRODUCT_VERSION "\033[0m -- network boot firmware\nFeatures: HTTP DNS%s",
	      CONFIG_TFTP ? " TFTP" : "");
	for (const struct image_format *const *f = image_formats; *f; f++)
		print(" %s", (*f)->name);
	for (const struct unpack_format *const *f = unpack_formats; *f; f++)
		print(" %s", (*f)->name);
	print("\n\n");
}

/** What happens when nobody pressed Ctrl-B: what a boot loader handed over, the embedded script, or what DHCP says. */
static int run_unattended(void)
{
	const char *script = system_embedded_script();
	int rc;

	print("Ctrl-B opens the command line at any time\n");
	if (CONFIG_CONTAINERS && handed_run(&rc))
		return rc;
	if (!script)
		return autoboot(0, NULL);
	shell_job_begin();
	rc = script_run_text(script, strlen(script));
	if (!wait_shell_wanted())
		shell_job_end("embedded script", rc);
	return rc;
}

/** After a failure: a last chance for Ctrl-B before the BIOS goes on; with Ctrl-C it does so at once. */
static bool shell_asked_for(void)
{
	uint32_t end = clock_ms() + CONFIG_FAILED_PROMPT_S * 1000, now = clock_ms();
	int key = -1;

	print("Press Ctrl-B for the command line...");
	while (key != KEY_CTRL('B') && key != KEY_CTRL('C') && !time_reached(now, end)) {
		key = wait_key(end - now);
		now = clock_ms();
	}
	print("\n");
	return key == KEY_CTRL('B');
}

static void finish(void)
{
	struct image *image;

	net_shutdown(&the_net, clock_ms());
	while ((image = image_next(NULL)) != NULL)
		image_free(image);
	remove_ports();
	if (smbios.parent)
		settings_detach(&smbios);
	fetch_restore_base(NULL);
	if (CONFIG_PROXYDHCP && CONFIG_CIRCLES)
		running_set_program(NULL);
}

int fpxe_main(void)
{
	bool wants_shell = system_entry()->shell;
	int rc = 0;

	start();
	banner();
	find_ports();
	if (CONFIG_PROXYDHCP)
		ifmgmt_take_over();
	if (!wants_shell) {
		rc = run_unattended();
		wants_shell = wait_shell_wanted() || (rc != 0 && shell_asked_for());
	}
	if (wants_shell)
		rc = shell();
	finish();
	return rc;
}
