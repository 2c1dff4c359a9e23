/* SPDX-License-Identifier: BSD-2-Clause */
/* The PXE API's opcodes, parameter blocks and status codes (PXE specification 2.1), and those of the FILE extension that
 * gPXE brought up. A caller hands over an opcode and the address of a block; each block begins with its status.
 *
 * Numbers are little-endian, as the machine has them; IP addresses and the ports said so below are in network order. A far pointer is
 * a real-mode one. */
#ifndef CORE_PXE_PARAMS_H
#define CORE_PXE_PARAMS_H

#include <stdint.h>

#define PXE_PACKED __attribute__((packed))
#define PXE_BLOCK(name_, bytes_) _Static_assert(sizeof(struct name_) == (bytes_), #name_ " has " #bytes_ " bytes")

enum pxe_opcode {
	PXE_START_UNDI = 0x00, PXE_UNDI_STARTUP = 0x01, PXE_UNDI_CLEANUP = 0x02, PXE_UNDI_INITIALIZE = 0x03, PXE_UNDI_RESET_ADAPTER = 0x04,
	PXE_UNDI_SHUTDOWN = 0x05, PXE_UNDI_OPEN = 0x06, PXE_UNDI_CLOSE = 0x07, PXE_UNDI_TRANSMIT = 0x08, PXE_UNDI_SET_MCAST_ADDRESS = 0x09,
	PXE_UNDI_SET_STATION_ADDRESS = 0x0a, PXE_UNDI_SET_PACKET_FILTER = 0x0b, PXE_UNDI_GET_INFORMATION = 0x0c,
	PXE_UNDI_GET_STATISTICS = 0x0d, PXE_UNDI_CLEAR_STATISTICS = 0x0e, PXE_UNDI_INITIATE_DIAGS = 0x0f, PXE_UNDI_FORCE_INTERRUPT = 0x10,
	PXE_UNDI_GET_MCAST_ADDRESS = 0x11, PXE_UNDI_GET_NIC_TYPE = 0x12, PXE_UNDI_GET_IFACE_INFO = 0x13, PXE_UNDI_ISR = 0x14,
	PXE_STOP_UNDI = 0x15,                           /* also UNDI_GET_STATE's number; callers mean this one */
	PXE_TFTP_OPEN = 0x20, PXE_TFTP_CLOSE = 0x21, PXE_TFTP_READ = 0x22, PXE_TFTP_READ_FILE = 0x23, PXE_TFTP_READ_FILE_PMODE = 0x24,
	PXE_TFTP_GET_FSIZE = 0x25,
	PXE_UDP_OPEN = 0x30, PXE_UDP_CLOSE = 0x31, PXE_UDP_READ = 0x32, PXE_UDP_WRITE = 0x33,
	PXE_UNLOAD_STACK = 0x70, PXE_GET_CACHED_INFO = 0x71, PXE_RESTART_DHCP = 0x72, PXE_RESTART_TFTP = 0x73, PXE_MODE_SWITCH = 0x74,
	PXE_START_BASE = 0x75, PXE_STOP_BASE = 0x76,
	PXE_FILE_OPEN = 0xe0, PXE_FILE_CLOSE = 0xe1, PXE_FILE_SELECT = 0xe2, PXE_FILE_READ = 0xe3, PXE_GET_FILE_SIZE = 0xe4,
	PXE_FILE_EXEC = 0xe5, PXE_FILE_API_CHECK = 0xe6, PXE_FILE_EXIT_HOOK = 0xe7, PXE_FILE_CMDLINE = 0xe8,
};

/** What AX is when a call returns. */
enum { PXENV_EXIT_SUCCESS = 0, PXENV_EXIT_FAILURE = 1 };

enum pxe_status {
	PXENV_STATUS_SUCCESS = 0x00, PXENV_STATUS_FAILURE = 0x01, PXENV_STATUS_BAD_FUNC = 0x02, PXENV_STATUS_UNSUPPORTED = 0x03,
	PXENV_STATUS_KEEP_UNDI = 0x04, PXENV_STATUS_KEEP_ALL = 0x05, PXENV_STATUS_OUT_OF_RESOURCES = 0x06,
	PXENV_STATUS_ARP_TIMEOUT = 0x11,
	PXENV_STATUS_UDP_CLOSED = 0x18, PXENV_STATUS_UDP_OPEN = 0x19, PXENV_STATUS_TFTP_CLOSED = 0x1a, PXENV_STATUS_TFTP_OPEN = 0x1b,
	PXENV_STATUS_MCOPY_PROBLEM = 0x20, PXENV_STATUS_BIS_INTEGRITY_FAILURE = 0x21, PXENV_STATUS_BIS_VALIDATE_FAILURE = 0x22,
	PXENV_STATUS_BIS_INIT_FAILURE = 0x23, PXENV_STATUS_BIS_SHUTDOWN_FAILURE = 0x24, PXENV_STATUS_BIS_GBOA_FAILURE = 0x25,
	PXENV_STATUS_BIS_FREE_FAILURE = 0x26, PXENV_STATUS_BIS_GSI_FAILURE = 0x27, PXENV_STATUS_BIS_BAD_CKSUM = 0x28,
	PXENV_STATUS_TFTP_CANNOT_ARP_ADDRESS = 0x30, PXENV_STATUS_TFTP_OPEN_TIMEOUT = 0x32, PXENV_STATUS_TFTP_UNKNOWN_OPCODE = 0x33,
	PXENV_STATUS_TFTP_READ_TIMEOUT = 0x35, PXENV_STATUS_TFTP_ERROR_OPCODE = 0x36, PXENV_STATUS_TFTP_CANNOT_OPEN_CONNECTION = 0x38,
	PXENV_STATUS_TFTP_CANNOT_READ_FROM_CONNECTION = 0x39, PXENV_STATUS_TFTP_TOO_MANY_PACKAGES = 0x3a,
	PXENV_STATUS_TFTP_FILE_NOT_FOUND = 0x3b, PXENV_STATUS_TFTP_ACCESS_VIOLATION = 0x3c, PXENV_STATUS_TFTP_NO_MCAST_ADDRESS = 0x3d,
	PXENV_STATUS_TFTP_NO_FILESIZE = 0x3e, PXENV_STATUS_TFTP_INVALID_PACKET_SIZE = 0x3f,
	PXENV_STATUS_DHCP_TIMEOUT = 0x51, PXENV_STATUS_DHCP_NO_IP_ADDRESS = 0x52, PXENV_STATUS_DHCP_NO_BOOTFILE_NAME = 0x53,
	PXENV_STATUS_DHCP_BAD_IP_ADDRESS = 0x54,
	PXENV_STATUS_UNDI_INVALID_FUNCTION = 0x60, PXENV_STATUS_UNDI_MEDIATEST_FAILED = 0x61,
	PXENV_STATUS_UNDI_CANNOT_INIT_NIC_FOR_MCAST = 0x62, PXENV_STATUS_UNDI_CANNOT_INITIALIZE_NIC = 0x63,
	PXENV_STATUS_UNDI_CANNOT_INITIALIZE_PHY = 0x64, PXENV_STATUS_UNDI_CANNOT_READ_CONFIG_DATA = 0x65,
	PXENV_STATUS_UNDI_CANNOT_READ_INIT_DATA = 0x66, PXENV_STATUS_UNDI_BAD_MAC_ADDRESS = 0x67,
	PXENV_STATUS_UNDI_BAD_EEPROM_CHECKSUM = 0x68, PXENV_STATUS_UNDI_ERROR_SETTING_ISR = 0x69, PXENV_STATUS_UNDI_INVALID_STATE = 0x6a,
	PXENV_STATUS_UNDI_TRANSMIT_ERROR = 0x6b, PXENV_STATUS_UNDI_INVALID_PARAMETER = 0x6c,
	PXENV_STATUS_BSTRAP_PROMPT_MENU = 0x74, PXENV_STATUS_BSTRAP_MCAST_ADDR = 0x76, PXENV_STATUS_BSTRAP_MISSING_LIST = 0x77,
	PXENV_STATUS_BSTRAP_NO_RESPONSE = 0x78, PXENV_STATUS_BSTRAP_FILE_TOO_BIG = 0x79,
	PXENV_STATUS_BINL_CANCELED_BY_KEYSTROKE = 0xa0, PXENV_STATUS_BINL_NO_PXE_SERVER = 0xa1,
	PXENV_STATUS_NOT_AVAILABLE_IN_PMODE = 0xa2, PXENV_STATUS_NOT_AVAILABLE_IN_RMODE = 0xa3,
	PXENV_STATUS_BUSD_DEVICE_NOT_SUPPORTED = 0xb0,
	PXENV_STATUS_LOADER_NO_FREE_BASE_MEMORY = 0xc0, PXENV_STATUS_LOADER_NO_BC_ROMID = 0xc1, PXENV_STATUS_LOADER_BAD_BC_ROMID = 0xc2,
	PXENV_STATUS_LOADER_BAD_BC_RUNTIME_IMAGE = 0xc3, PXENV_STATUS_LOADER_NO_UNDI_ROMID = 0xc4,
	PXENV_STATUS_LOADER_BAD_UNDI_ROMID = 0xc5, PXENV_STATUS_LOADER_BAD_UNDI_DRIVER_IMAGE = 0xc6,
	PXENV_STATUS_LOADER_NO_PXE_STRUCT = 0xc8, PXENV_STATUS_LOADER_NO_PXENV_STRUCT = 0xc9, PXENV_STATUS_LOADER_UNDI_START = 0xca,
	PXENV_STATUS_LOADER_BC_START = 0xcb,
};

struct pxe_far { uint16_t offset, segment; } PXE_PACKED;
PXE_BLOCK(pxe_far, 4);

enum { PXE_MAC_BYTES = 16, PXE_MCAST_MAX = 8, PXE_FILE_NAME_BYTES = 128, PXE_DATA_BLOCKS_MAX = 8 };

/** Of calls that have no parameters but their status. */
struct pxe_plain { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_plain, 2);

/* ---- preboot -------------------------------------------------------------------------------------------------------------------- */

struct pxe_start_undi { uint16_t status, ax, bx, dx, di, es; } PXE_PACKED;
PXE_BLOCK(pxe_start_undi, 12);
struct pxe_stop_undi { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_stop_undi, 2);
struct pxe_start_base { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_start_base, 2);
struct pxe_stop_base { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_stop_base, 2);

struct pxe_unload_stack { uint16_t status; uint8_t reserved[10]; } PXE_PACKED;
PXE_BLOCK(pxe_unload_stack, 12);

enum { PXE_CACHED_DISCOVER = 1, PXE_CACHED_ACK = 2, PXE_CACHED_REPLY = 3 };
struct pxe_get_cached_info {
	uint16_t status, packet_type;
	uint16_t buffer_size;                   /* 0: say where it lies instead of copying it */
	struct pxe_far buffer;
	uint16_t buffer_limit;
} PXE_PACKED;
PXE_BLOCK(pxe_get_cached_info, 12);

/* ---- UNDI ----------------------------------------------------------------------------------------------------------------------- */

enum { PXE_FILTER_DIRECTED = 1, PXE_FILTER_BROADCAST = 2, PXE_FILTER_PROMISCUOUS = 4, PXE_FILTER_SOURCE_ROUTING = 8 };
struct pxe_mcast { uint16_t count; uint8_t address[PXE_MCAST_MAX][PXE_MAC_BYTES]; } PXE_PACKED;
PXE_BLOCK(pxe_mcast, 130);

struct pxe_undi_startup { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_undi_startup, 2);
struct pxe_undi_cleanup { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_undi_cleanup, 2);
struct pxe_undi_initialize { uint16_t status; uint32_t protocol_ini; uint8_t reserved[8]; } PXE_PACKED;
PXE_BLOCK(pxe_undi_initialize, 14);
struct pxe_undi_reset { uint16_t status; struct pxe_mcast mcast; } PXE_PACKED;
PXE_BLOCK(pxe_undi_reset, 132);
struct pxe_undi_shutdown { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_undi_shutdown, 2);
struct pxe_undi_open { uint16_t status, open_flag, packet_filter; struct pxe_mcast mcast; } PXE_PACKED;
PXE_BLOCK(pxe_undi_open, 136);
struct pxe_undi_close { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_undi_close, 2);

enum { PXE_PROTOCOL_UNKNOWN = 0, PXE_PROTOCOL_IP = 1, PXE_PROTOCOL_ARP = 2, PXE_PROTOCOL_RARP = 3, PXE_PROTOCOL_OTHER = 4 };
enum { PXE_XMIT_DESTADDR = 0, PXE_XMIT_BROADCAST = 1 };
struct pxe_undi_transmit {
	uint16_t status;
	uint8_t protocol;                       /* PXE_PROTOCOL_UNKNOWN: the frame has its own Ethernet header */
	uint8_t xmit_flag;
	struct pxe_far dest_address, tbd;       /* of PXE_MAC_BYTES; of a struct pxe_tbd */
	uint32_t reserved[2];
} PXE_PACKED;
PXE_BLOCK(pxe_undi_transmit, 20);
struct pxe_data_block { uint8_t pointer_type /* 1: far */, reserved; uint16_t len; struct pxe_far data; } PXE_PACKED;
PXE_BLOCK(pxe_data_block, 8);
struct pxe_tbd {
	uint16_t immediate_len;
	struct pxe_far immediate;
	uint16_t block_count;                   /* 0 to PXE_DATA_BLOCKS_MAX */
	struct pxe_data_block block[PXE_DATA_BLOCKS_MAX];
} PXE_PACKED;
PXE_BLOCK(pxe_tbd, 72);

struct pxe_undi_set_mcast { uint16_t status; struct pxe_mcast mcast; } PXE_PACKED;
PXE_BLOCK(pxe_undi_set_mcast, 132);
struct pxe_undi_set_station { uint16_t status; uint8_t address[PXE_MAC_BYTES]; } PXE_PACKED;
PXE_BLOCK(pxe_undi_set_station, 18);
struct pxe_undi_set_filter { uint16_t status; uint8_t filter; } PXE_PACKED;
PXE_BLOCK(pxe_undi_set_filter, 3);

struct pxe_undi_get_information {
	uint16_t status, base_io, interrupt, mtu, hardware_type, hardware_address_len;
	uint8_t current_address[PXE_MAC_BYTES], permanent_address[PXE_MAC_BYTES];
	uint16_t rom_segment, receive_buffers, transmit_buffers;
} PXE_PACKED;
PXE_BLOCK(pxe_undi_get_information, 50);
struct pxe_undi_get_statistics { uint16_t status; uint32_t transmitted, received, crc_errors, resource_errors; } PXE_PACKED;
PXE_BLOCK(pxe_undi_get_statistics, 18);
struct pxe_undi_clear_statistics { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_undi_clear_statistics, 2);
struct pxe_undi_get_mcast_address { uint16_t status; uint32_t ip /* network order */; uint8_t address[PXE_MAC_BYTES]; } PXE_PACKED;
PXE_BLOCK(pxe_undi_get_mcast_address, 22);

enum { PXE_NIC_PCI = 2, PXE_NIC_PNP = 3, PXE_NIC_CARDBUS = 4 };
struct pxe_nic_pci {
	uint16_t vendor, device;
	uint8_t base_class, sub_class, interface, revision;
	uint16_t bus_device_function, sub_vendor, sub_device;
} PXE_PACKED;
PXE_BLOCK(pxe_nic_pci, 14);
struct pxe_nic_pnp { uint32_t eisa; uint8_t base_class, sub_class, interface; uint16_t card_select; } PXE_PACKED;
PXE_BLOCK(pxe_nic_pnp, 9);
struct pxe_undi_get_nic_type {
	uint16_t status;
	uint8_t type;
	union { struct pxe_nic_pci pci; struct pxe_nic_pnp pnp; } PXE_PACKED;
} PXE_PACKED;
PXE_BLOCK(pxe_undi_get_nic_type, 17);

struct pxe_undi_get_iface_info { uint16_t status; char type[16]; uint32_t speed, flags, reserved[4]; } PXE_PACKED;
PXE_BLOCK(pxe_undi_get_iface_info, 42);

enum { PXE_ISR_IN_START = 1, PXE_ISR_IN_PROCESS = 2, PXE_ISR_IN_GET_NEXT = 3 };
enum { PXE_ISR_OUT_OURS = 0, PXE_ISR_OUT_NOT_OURS = 1 };                                /* for START */
enum { PXE_ISR_OUT_DONE = 0, PXE_ISR_OUT_TRANSMIT = 2, PXE_ISR_OUT_RECEIVE = 3, PXE_ISR_OUT_BUSY = 4 };
enum { PXE_PACKET_DIRECTED = 0, PXE_PACKET_BROADCAST = 1, PXE_PACKET_MULTICAST = 2 };
struct pxe_undi_isr {
	uint16_t status, function, buffer_len, frame_len, header_len;
	struct pxe_far frame;
	uint8_t protocol, packet_type;
} PXE_PACKED;
PXE_BLOCK(pxe_undi_isr, 16);


/* ---- TFTP: IP addresses and ports in network order; a file name ends with a NUL or with its field -------------------------------- */

struct pxe_tftp_open {
	uint16_t status;
	uint32_t server, gateway;
	uint8_t name[PXE_FILE_NAME_BYTES];
	uint16_t port;                          /* network order; 0: 69 */
	uint16_t packet_size;                   /* asked for, and agreed upon: at least 512 */
} PXE_PACKED;
PXE_BLOCK(pxe_tftp_open, 142);
struct pxe_tftp_close { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_tftp_close, 2);
struct pxe_tftp_read {
	uint16_t status, packet_number, buffer_size;    /* filled in: the packet's */
	struct pxe_far buffer;                          /* holds packet_size bytes */
} PXE_PACKED;
PXE_BLOCK(pxe_tftp_read, 10);
/** Also of RESTART_TFTP. */
struct pxe_tftp_read_file {
	uint16_t status;
	uint8_t name[PXE_FILE_NAME_BYTES];
	uint32_t buffer_size, buffer;           /* bytes there are, and that came; a 32-bit address */
	uint32_t server, gateway, multicast;    /* multicast 0: plain TFTP */
	uint16_t client_port, server_port;      /* of multicast TFTP alone */
	uint16_t open_timeout_s, reopen_delay_s;
} PXE_PACKED;
PXE_BLOCK(pxe_tftp_read_file, 158);
struct pxe_tftp_get_fsize { uint16_t status; uint32_t server, gateway; uint8_t name[PXE_FILE_NAME_BYTES]; uint32_t size; } PXE_PACKED;
PXE_BLOCK(pxe_tftp_get_fsize, 142);

/* ---- UDP: IP addresses and ports in network order ---------------------------------------------------------------------------------- */

struct pxe_udp_open { uint16_t status; uint32_t src_ip; } PXE_PACKED;
PXE_BLOCK(pxe_udp_open, 6);
struct pxe_udp_close { uint16_t status; } PXE_PACKED;
PXE_BLOCK(pxe_udp_close, 2);
struct pxe_udp_read {
	uint16_t status;
	uint32_t src_ip, dest_ip;               /* dest_ip 0: any; filled in: of the packet */
	uint16_t src_port, dest_port;           /* dest_port 0: any */
	uint16_t buffer_size;                   /* room there is, and that is used */
	struct pxe_far buffer;
} PXE_PACKED;
PXE_BLOCK(pxe_udp_read, 20);
struct pxe_udp_write {
	uint16_t status;
	uint32_t ip, gateway;                   /* gateway 0: whichever our route has */
	uint16_t src_port, dest_port;           /* src_port 0: 2069 */
	uint16_t buffer_size;
	struct pxe_far buffer;
} PXE_PACKED;
PXE_BLOCK(pxe_udp_write, 20);

/* ---- the FILE extension ---------------------------------------------------------------------------------------------------------- */

struct pxe_file_open { uint16_t status, handle; struct pxe_far name; uint32_t reserved; } PXE_PACKED;
PXE_BLOCK(pxe_file_open, 12);
struct pxe_file_close { uint16_t status, handle; } PXE_PACKED;
PXE_BLOCK(pxe_file_close, 4);
enum { PXE_READY_READ = 1 };
struct pxe_file_select { uint16_t status, handle, ready; } PXE_PACKED;
PXE_BLOCK(pxe_file_select, 6);
struct pxe_file_read { uint16_t status, handle, buffer_size; struct pxe_far buffer; } PXE_PACKED;
PXE_BLOCK(pxe_file_read, 10);
struct pxe_get_file_size { uint16_t status, handle; uint32_t size; } PXE_PACKED;
PXE_BLOCK(pxe_get_file_size, 8);
struct pxe_file_exec { uint16_t status; struct pxe_far command; } PXE_PACKED;
PXE_BLOCK(pxe_file_exec, 6);

#define PXE_FILE_MAGIC_ASKED    0x91d447b2u
#define PXE_FILE_MAGIC_ANSWERED 0xe9c17b20u
#define PXE_FILE_PROVIDER       0x45585067u     /* "gPXE", which callers know */
struct pxe_file_api_check { uint16_t status, size; uint32_t magic, provider, functions, flags; } PXE_PACKED;
PXE_BLOCK(pxe_file_api_check, 20);
struct pxe_file_cmdline { uint16_t status, buffer_size; struct pxe_far buffer; } PXE_PACKED;
PXE_BLOCK(pxe_file_cmdline, 8);

/** Any block, so that a copy of the largest finds room. */
union pxe_block {
	uint16_t status;
	struct pxe_undi_open undi_open;
	struct pxe_tftp_open tftp_open;
	struct pxe_tftp_read_file tftp_read_file;
};

#endif
