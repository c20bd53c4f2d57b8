"""The addresses of this machine's network interfaces, from Linux itself.

The distribution of this name on the package index is a C extension without a ready build for current Pythons: it alone
would make a compiler necessary. slapos.core only lists interfaces and their addresses, which the kernel tells without one.

Promise: the functions and constants that slapos.core uses, with the shapes it expects; nothing is ever changed.
"""

import fcntl
import ipaddress
import os
import socket
import struct

AF_INET = int(socket.AF_INET)
AF_INET6 = int(socket.AF_INET6)
AF_PACKET = int(getattr(socket, "AF_PACKET", 17))
AF_LINK = AF_PACKET

address_families = {AF_INET: "AF_INET", AF_INET6: "AF_INET6", AF_PACKET: "AF_PACKET"}

# Requests of the kernel's ioctl(2) for one interface (linux/sockios.h).
_GET_ADDRESS = 0x8915
_GET_BROADCAST = 0x8919
_GET_NETMASK = 0x891B


def interfaces():
    return [name for _index, name in socket.if_nameindex()]


def _ask(name, request):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        question = struct.pack("256s", name.encode()[:15])
        try:
            answer = fcntl.ioctl(asker.fileno(), request, question)
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])


def _ipv6_addresses(name):
    found = []
    try:
        with open("/proc/net/if_inet6", encoding="ascii") as table:
            lines = table.read().splitlines()
    except FileNotFoundError:
        return found
    for line in lines:
        packed, _index, prefix, _scope, _flags, device = line.split()
        if device != name:
            continue
        address = ipaddress.IPv6Address(bytes.fromhex(packed))
        length = int(prefix, 16)
        mask = ipaddress.IPv6Network((0, length)).netmask
        suffix = "%" + name if address.is_link_local else ""
        found.append({"addr": str(address) + suffix, "netmask": "%s/%d" % (mask, length)})
    return found


def ifaddresses(name):
    if name not in interfaces():
        raise ValueError("You must specify a valid interface name.")
    result = {}
    address = _ask(name, _GET_ADDRESS)
    if address is not None:
        entry = {"addr": address, "netmask": _ask(name, _GET_NETMASK)}
        broadcast = _ask(name, _GET_BROADCAST)
        if broadcast not in (None, "0.0.0.0"):
            entry["broadcast"] = broadcast
        result[AF_INET] = [entry]
    ipv6 = _ipv6_addresses(name)
    if ipv6:
        result[AF_INET6] = ipv6
    try:
        with open(os.path.join("/sys/class/net", name, "address"), encoding="ascii") as hardware:
            result[AF_PACKET] = [{"addr": hardware.read().strip()}]
    except OSError:
        pass  # a namespace without sysfs: the hardware address is not told
    return result


def gateways():
    """Default routes by family, as far as /proc tells them."""
    result = {"default": {}}
    try:
        with open("/proc/net/route", encoding="ascii") as table:
            rows = [line.split() for line in table.read().splitlines()[1:]]
    except FileNotFoundError:
        return result
    for row in rows:
        if row[1] == "00000000":
            gateway = socket.inet_ntoa(struct.pack("<L", int(row[2], 16)))
            result.setdefault(AF_INET, []).append((gateway, row[0], True))
            result["default"].setdefault(AF_INET, (gateway, row[0]))
    return result
