"""Small country databases in MaxMind's format."""

import ipaddress
import struct


class Uint16(int):
    pass


class Uint64(int):
    pass


def write_mmdb(path, networks):
    """Write a database with a record for each network. IPv4 networks stand below ::/96, as in real databases."""
    nodes = [[None, None]]
    data = bytearray()
    for network, record in networks.items():
        offset = len(data)
        data += encoded_value(record)
        insert_network(nodes, bits_of(network), offset)
    size = len(nodes)
    tree = bytearray()
    for node in nodes:
        for child in node:
            value = size if child is None else child[1] if child[0] == "node" else size + 16 + child[1]
            tree += struct.pack(">I", value)
    metadata = {
        "node_count": size,
        "record_size": Uint16(32),
        "ip_version": Uint16(6),
        "database_type": "Test-Country",
        "languages": [],
        "binary_format_major_version": Uint16(2),
        "binary_format_minor_version": Uint16(0),
        "build_epoch": Uint64(1_700_000_000),
        "description": {},
    }
    path.write_bytes(bytes(tree) + bytes(16) + bytes(data) + b"\xab\xcd\xefMaxMind.com" + encoded_value(metadata))


def bits_of(network):
    parsed = ipaddress.ip_network(network)
    bits = f"{int(parsed.network_address):0{parsed.max_prefixlen}b}"[: parsed.prefixlen]
    return bits if parsed.version == 6 else "0" * 96 + bits


def insert_network(nodes, bits, offset):
    place = 0
    for bit in map(int, bits[:-1]):
        if nodes[place][bit] is None:
            nodes[place][bit] = ("node", len(nodes))
            nodes.append([None, None])
        place = nodes[place][bit][1]
    nodes[place][int(bits[-1])] = ("data", offset)


def encoded_value(value):
    """Return a value in the format's encoding. Sizes stay below 29."""
    if isinstance(value, dict):
        pairs = b"".join(encoded_value(key) + encoded_value(inner) for key, inner in value.items())
        return bytes([7 << 5 | len(value)]) + pairs
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(map(encoded_value, value))
    if isinstance(value, Uint64):
        return bytes([8, 9 - 7]) + struct.pack(">Q", value)
    if isinstance(value, Uint16):
        return bytes([5 << 5 | 2]) + struct.pack(">H", value)
    if isinstance(value, int):
        return bytes([6 << 5 | 4]) + struct.pack(">I", value)
    return bytes([2 << 5 | len(value)]) + value.encode()
