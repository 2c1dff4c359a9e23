/* SPDX-License-Identifier: BSD-2-Clause */
/* Fake PCI functions: configuration space from an array, registers by callbacks. A memory BAR is a window of addresses that cannot be
 * touched; mmio_*() find the device by it. */
#include "tests/host/host.h"

#include <string.h>
#include <sys/mman.h>
#include "core/io.h"

#define DEVICES_MAX 16
#define WINDOW_BYTES (1u << 20)         /* of addresses for each memory BAR */
#define MMIO_BASE 0xe0000000u           /* bus addresses of memory BARs, as a PC's BIOS gives them */
#define PORT_BASE 0xc000u
#define PORT_STRIDE 0x100u

static struct host_device *devices[DEVICES_MAX];
static unsigned device_count;
static volatile uint8_t *windows;       /* DEVICES_MAX * HOST_BARS of them */

void host_device_reset(void)
{
	device_count = 0;
}

static void put_le(uint8_t *at, uint32_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get_le(const uint8_t *at, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint32_t)at[i] << 8 * i;
	return value;
}

static void add_bar(struct host_device *dev, unsigned index, unsigned slot)
{
	uint8_t *reg = dev->config + PCI_BAR0 + 4 * index;

	if (dev->bar[index].size > WINDOW_BYTES)
		host_die("a fake BAR larger than its window");
	if (dev->bar[index].io) {
		dev->port[index] = (uint16_t)(PORT_BASE + slot * PORT_STRIDE);
		put_le(reg, dev->port[index] | 1u, 4);
	} else if (dev->bar[index].size) {
		dev->window[index] = windows + (size_t)slot * WINDOW_BYTES;
		put_le(reg, MMIO_BASE + slot * WINDOW_BYTES, 4);
	}
}

void host_device_add(struct host_device *dev)
{
	void *p;

	if (!windows) {
		p = mmap(NULL, (size_t)DEVICES_MAX * HOST_BARS * WINDOW_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED)
			host_die("no room for device windows");
		windows = p;
	}
	if (device_count == DEVICES_MAX)
		host_die("too many fake devices");
	put_le(dev->config, dev->pci.vendor, 2);
	put_le(dev->config + 2, dev->pci.device, 2);
	put_le(dev->config + 9, dev->pci.class_code, 3);
	for (unsigned i = 0; i < HOST_BARS; i++)
		if (dev->bar[i].size)
			add_bar(dev, i, device_count * HOST_BARS + i);
	dev->reads = dev->writes = 0;
	devices[device_count++] = dev;
}

void host_device_capability(struct host_device *dev, uint8_t id, unsigned at, const void *body, unsigned len)
{
	dev->config[at] = id;
	dev->config[at + 1] = dev->config[PCI_CAPABILITIES];
	memcpy(dev->config + at + 2, body, len);
	dev->config[PCI_CAPABILITIES] = (uint8_t)at;
	dev->config[PCI_STATUS] |= PCI_STATUS_CAPABILITIES;
}

/* ---- registers ---------------------------------------------------------------------------------------------------------------- */

static bool find_window(const volatile void *reg, struct host_device **dev, unsigned *bar, uint32_t *offset)
{
	const volatile uint8_t *at = reg;

	for (unsigned d = 0; d < device_count; d++)
		for (unsigned b = 0; b < HOST_BARS; b++) {
			const volatile uint8_t *window = devices[d]->window[b];

			if (!devices[d]->bar[b].io && window && at >= window && at < window + devices[d]->bar[b].size) {
				*dev = devices[d];
				*bar = b;
				*offset = (uint32_t)(at - window);
				return true;
			}
		}
	return false;
}

static bool find_port(uint16_t port, struct host_device **dev, unsigned *bar, uint32_t *offset)
{
	for (unsigned d = 0; d < device_count; d++)
		for (unsigned b = 0; b < HOST_BARS; b++)
			if (devices[d]->bar[b].io && port >= devices[d]->port[b] && port < devices[d]->port[b] + devices[d]->bar[b].size) {
				*dev = devices[d];
				*bar = b;
				*offset = (uint32_t)(port - devices[d]->port[b]);
				return true;
			}
	return false;
}

static uint32_t device_read(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes)
{
	dev->reads++;
	return dev->read ? dev->read(dev, bar, offset, bytes) : 0xffffffffu;
}

static void device_write(struct host_device *dev, unsigned bar, uint32_t offset, unsigned bytes, uint32_t value)
{
	dev->writes++;
	if (dev->write)
		dev->write(dev, bar, offset, bytes, value);
}

static uint32_t mmio_read(const volatile void *reg, unsigned bytes)
{
	struct host_device *dev;
	unsigned bar;
	uint32_t offset;

	if (!find_window(reg, &dev, &bar, &offset))
		host_die("mmio_read*() outside every fake BAR");
	return device_read(dev, bar, offset, bytes);
}

static void mmio_write(volatile void *reg, unsigned bytes, uint32_t value)
{
	struct host_device *dev;
	unsigned bar;
	uint32_t offset;

	if (!find_window(reg, &dev, &bar, &offset))
		host_die("mmio_write*() outside every fake BAR");
	device_write(dev, bar, offset, bytes, value);
}

/* A port where nothing is reads as ones, as on a PC. */
static uint32_t port_read(uint16_t port, unsigned bytes)
{
	struct host_device *dev;
	unsigned bar;
	uint32_t offset;

	return find_port(port, &dev, &bar, &offset) ? device_read(dev, bar, offset, bytes) : 0xffffffffu;
}

static void port_write(uint16_t port, unsigned bytes, uint32_t value)
{
	struct host_device *dev;
	unsigned bar;
	uint32_t offset;

	if (find_port(port, &dev, &bar, &offset))
		device_write(dev, bar, offset, bytes, value);
}

__attribute__((weak)) uint8_t io_in8(uint16_t port) { return (uint8_t)port_read(port, 1); }
__attribute__((weak)) uint16_t io_in16(uint16_t port) { return (uint16_t)port_read(port, 2); }
__attribute__((weak)) uint32_t io_in32(uint16_t port) { return port_read(port, 4); }
__attribute__((weak)) void io_out8(uint16_t port, uint8_t value) { port_write(port, 1, value); }
__attribute__((weak)) void io_out16(uint16_t port, uint16_t value) { port_write(port, 2, value); }
__attribute__((weak)) void io_out32(uint16_t port, uint32_t value) { port_write(port, 4, value); }
__attribute__((weak)) uint8_t mmio_read8(const volatile void *reg) { return (uint8_t)mmio_read(reg, 1); }
__attribute__((weak)) uint16_t mmio_read16(const volatile void *reg) { return (uint16_t)mmio_read(reg, 2); }
__attribute__((weak)) uint32_t mmio_read32(const volatile void *reg) { return mmio_read(reg, 4); }
__attribute__((weak)) void mmio_write8(volatile void *reg, uint8_t value) { mmio_write(reg, 1, value); }
__attribute__((weak)) void mmio_write16(volatile void *reg, uint16_t value) { mmio_write(reg, 2, value); }
__attribute__((weak)) void mmio_write32(volatile void *reg, uint32_t value) { mmio_write(reg, 4, value); }
__attribute__((weak)) void io_full_barrier(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/* ---- configuration space ------------------------------------------------------------------------------------------------------ */

static struct host_device *find_function(const struct pci_device *pci)
{
	for (unsigned d = 0; d < device_count; d++)
		if (devices[d]->pci.bus == pci->bus && devices[d]->pci.slot == pci->slot && devices[d]->pci.function == pci->function)
			return devices[d];
	return NULL;
}

static uint32_t config_read(const struct pci_device *pci, unsigned reg, unsigned bytes)
{
	struct host_device *dev = find_function(pci);

	if (reg + bytes > sizeof(dev->config) || reg % bytes)
		host_die("a PCI configuration access outside the 256 bytes or not aligned");
	return dev ? get_le(dev->config + reg, bytes) : 0xffffffffu;
}

static void config_write(const struct pci_device *pci, unsigned reg, unsigned bytes, uint32_t value)
{
	struct host_device *dev = find_function(pci);

	if (reg + bytes > sizeof(dev->config) || reg % bytes)
		host_die("a PCI configuration access outside the 256 bytes or not aligned");
	if (!dev)
		return;
	put_le(dev->config + reg, value, bytes);
	if (dev->config_written)
		dev->config_written(dev, reg, bytes);
}

__attribute__((weak)) uint8_t pci_read8(const struct pci_device *dev, unsigned reg) { return (uint8_t)config_read(dev, reg, 1); }
__attribute__((weak)) uint16_t pci_read16(const struct pci_device *dev, unsigned reg) { return (uint16_t)config_read(dev, reg, 2); }
__attribute__((weak)) uint32_t pci_read32(const struct pci_device *dev, unsigned reg) { return config_read(dev, reg, 4); }
__attribute__((weak)) void pci_write8(const struct pci_device *dev, unsigned reg, uint8_t v) { config_write(dev, reg, 1, v); }
__attribute__((weak)) void pci_write16(const struct pci_device *dev, unsigned reg, uint16_t v) { config_write(dev, reg, 2, v); }
__attribute__((weak)) void pci_write32(const struct pci_device *dev, unsigned reg, uint32_t v) { config_write(dev, reg, 4, v); }

__attribute__((weak)) _Bool pci_next(uint32_t *cursor, struct pci_device *dev)
{
	if (*cursor >= device_count)
		return false;
	*dev = devices[(*cursor)++]->pci;
	return true;
}

__attribute__((weak)) volatile void *pci_map_bar(const struct pci_device *pci, unsigned index)
{
	struct host_device *dev = find_function(pci);
	uint32_t low;

	if (!dev || index >= HOST_BARS || !dev->window[index])
		return NULL;
	low = get_le(dev->config + PCI_BAR0 + 4 * index, 4);
	if ((low & 1) || !(low & ~0xfu))
		return NULL;
	if ((low & 6) == 4 && index + 1 < HOST_BARS && get_le(dev->config + PCI_BAR0 + 4 * index + 4, 4))
		return NULL;            /* a 64-bit BAR above 4 GiB */
	return dev->window[index];
}

__attribute__((weak)) uint16_t pci_io_bar(const struct pci_device *pci, unsigned index)
{
	struct host_device *dev = find_function(pci);

	return dev && index < HOST_BARS ? dev->port[index] : 0;
}

__attribute__((weak)) unsigned pci_find_capability(const struct pci_device *dev, uint8_t id, unsigned from)
{
	unsigned at = from ? from : pci_read8(dev, PCI_CAPABILITIES) & 0xfcu;

	if (!(pci_read16(dev, PCI_STATUS) & PCI_STATUS_CAPABILITIES))
		return 0;
	for (unsigned turns = 0; at >= 0x40 && turns < 48; turns++) {
		if (pci_read8(dev, at) == id)
			return at;
		at = pci_read8(dev, at + 1) & 0xfcu;
	}
	return 0;
}
