// SPDX-License-Identifier: MIT
#pragma once

#include "net/routes.hpp"

#include <pmp/endpoint.hpp>
#include <pmp/error.hpp>

#include <boost/asio/detail/socket_types.hpp>

#include <iphlpapi.h>

#include <cstddef>
#include <memory>
#include <string>

// A word of COM to these headers.
#undef interface

namespace pmp::net {

/// The adapters of this host with their addresses, as GetAdaptersAddresses lists them.
class adapters {
public:
    /// Errors: the system's.
    static result<adapters> read();

    /// Null where there is none.
    IP_ADAPTER_ADDRESSES const* first() const;

private:
    std::unique_ptr<std::byte[]> list_;
};

/// The index that IPv4 and IPv6 share, where the adapter has both.
unsigned index_of(IP_ADAPTER_ADDRESSES const&);

/// The name that the user knows it by ("Ethernet", "Wi-Fi"), in UTF-8.
std::string name_of(IP_ADAPTER_ADDRESSES const&);

/// Of AF_INET or AF_INET6; unspecified otherwise.
ip_address address_in(sockaddr const&);

/// Whether it can be sent from: no other host has it, as far as Windows knows.
bool usable(IP_ADAPTER_UNICAST_ADDRESS const&);

/// With what Windows knows of its origin and its age.
local_address local_address_of(IP_ADAPTER_UNICAST_ADDRESS const&);

} // namespace pmp::net
