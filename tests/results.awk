# SPDX-License-Identifier: BSD-2-Clause
# awk -f results.awk unit.log turns.log sweep-check.log fuzz-check.log boot.log: what was shown, by what it is about, in one table (Markdown, which README
# quotes). "At least" is what each promises; below it the exit status is 1.
# A unit test program belongs to the first area whose pattern is in its name.
function area(name, least, pattern) { names[++areas] = name; wanted[name] = least; patterns[name] = pattern }
BEGIN {
	area("strangers: forged packets, hostile DHCP, cold boots", 40, "^net/(off_path|cold_boots)|_hostile$")
	area("TCP conversations", 150, "^net/tcp")
	area("HTTP, downloads and resuming", 100, "^net/(http|download|ranges|file_stream|schemes)")
	area("DHCP and the choice of a server", 60, "^net/(dhcp|pxe_|boot_server)")
	area("DNS", 40, "^net/dns")
	area("Ethernet, ARP, IPv4, ICMP, UDP", 60, "^net/(eth|arp|ipv4|reassembly|icmp|udp|net|netif|pkt|checksum)")
	area("TFTP", 40, "^net/tftp")
	area("kernels, initrds, programs, scripts", 30, "^image/(bzimage|cpio|describe|elf|executable|image|initrd|multiboot|nbp|plan|script|space)")
	area("disks and INT 13h", 40, "^image/|^arch/(int13|hidden)|^usr/(disk|remote_|cmd_san|san$)|^core/overlay")
	area("the PXE API", 60, "^arch/|^drivers/undi")
	area("NIC drivers", 20, "^drivers/")
	area("settings, URIs, text, unpacking, digests, memory", 200, "^core/|^host/")
	area("commands and the way to a boot", 200, "^usr/")
}
function of_program(name, i) {
	for (i = 1; i <= areas; i++)
		if (name ~ patterns[names[i]])
			return names[i]
	return "other"
}
FILENAME ~ /unit\.log$/ && match($0, /^build\/host64\/unit\/[a-z0-9_\/]+: [0-9]+ passed$/) {
	name = $1
	gsub(/^build\/host64\/unit\/|:$/, "", name)
	shown[of_program(name)] += $2
}
FILENAME ~ /turns\.log$/ && /^turns: / { turns = $2 }
FILENAME ~ /sweep-check\.log$/ && /^sweep: / { sweep = $2 }
FILENAME ~ /fuzz-check\.log$/ && / inputs, edges covered:/ { targets++; inputs += $2 }
FILENAME ~ /boot\.log$/ && /^boot: / { boots = $2 }
function row(what, least, count) {
	printf "| %-75s | %8d | %8d |\n", what, least, count
	if (count < least)
		bad = 1
}
END {
	printf "| %-75s | %8s | %8s |\n|%s|%s:|%s:|\n", "what was shown", "at least", "passed", dashes(77), dashes(9), dashes(9)
	for (i = 1; i <= areas; i++)
		row(names[i], wanted[names[i]], shown[names[i]])
	row("inputs that are the worst for the loop that waits, none of them 50 ms", 25, turns)
	row("simulated downloads over bad paths, every byte compared", 1000, sweep)
	row("fuzz targets without a finding", 20, targets)
	row("inputs that they were given", 400000, inputs)
	row("boots in QEMU, with servers and payloads that people use", 100, boots)
	if ("other" in shown)
		row("other", 0, shown["other"])
	exit bad
}
function dashes(n, s) { while (length(s) < n) s = s "-"; return s }
