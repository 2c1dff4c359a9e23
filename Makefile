# SPDX-License-Identifier: BSD-2-Clause
CONFIG_ROOT ?= .
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

CORE_SOURCES   := $(wildcard core/*.c)
NET_SOURCES    := $(wildcard net/*.c)
IMAGE_SOURCES  := $(wildcard image/*.c)
USR_SOURCES    := $(wildcard usr/*.c)
DRIVER_SOURCES := $(wildcard drivers/net/*.c)

include tests/host.mk
