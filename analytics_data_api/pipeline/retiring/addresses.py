"""Shortens IP addresses to their networks, which tell the country and no person."""

from ipaddress import IPv6Address, ip_address, ip_network

# The bits that stay of IPv4, of IPv6, and of IPv4 within IPv6.
IPV4_BITS, IPV6_BITS, MAPPED_BITS = 24, 48, 120


def shortened_addresses(text: str) -> str:
    """Return one or several addresses, separated by commas, as those of their networks. Another text becomes a dash."""
    return ", ".join(shortened_address(one.strip()) for one in text.split(","))


def shortened_address(text: str) -> str:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return "-" if text else ""
    bits = IPV4_BITS
    if isinstance(address, IPv6Address):
        bits = MAPPED_BITS if address.ipv4_mapped else IPV6_BITS
    return str(ip_network(f"{address}/{bits}", strict=False).network_address)
