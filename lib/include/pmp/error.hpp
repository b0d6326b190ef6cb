// SPDX-License-Identifier: MIT
#pragma once

#include <pmp/export.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/result.hpp>

#include <string_view>

namespace pmp {

using error_code = boost::system::error_code;
template <class T>
using result = boost::system::result<T>;

/// RFC 6887 7.4; 14-23: RFC 7652; 24-26: RFC 7843. Other values occur and mean a failure.
enum class pcp_result {
    success = 0,
    unsupp_version = 1,
    not_authorized = 2,
    malformed_request = 3,
    unsupp_opcode = 4,
    unsupp_option = 5,
    malformed_option = 6,
    network_failure = 7,
    no_resources = 8,
    unsupp_protocol = 9,
    user_ex_quota = 10,
    cannot_provide_external = 11,
    address_mismatch = 12,
    excessive_remote_peers = 13,
    authentication_required = 15,
    third_party_id_unknown = 24,
    third_party_missing_option = 25,
    unsupp_third_party_id_length = 26,
};

/// RFC 6886 3.5. Other values occur and mean a failure.
enum class nat_pmp_result {
    success = 0,
    unsupported_version = 1,
    not_authorized = 2,
    network_failure = 3,
    out_of_resources = 4,
    unsupported_opcode = 5,
};

/// UPnP errors of WANIPConnection and WANPPPConnection, 400-612 of any service. 800-899 are a
/// vendor's own. Names vary even inside the standards; numbers count.
enum class upnp_result {
    invalid_action = 401,
    invalid_args = 402,
    invalid_var = 404,
    action_failed = 501,
    argument_value_invalid = 600,
    argument_value_out_of_range = 601,
    optional_action_not_implemented = 602,
    out_of_memory = 603,
    human_intervention_required = 604,
    string_argument_too_long = 605,
    action_not_authorized = 606,
    specified_array_index_invalid = 713,
    no_such_entry_in_array = 714,
    wildcard_not_permitted_in_src_ip = 715,
    wildcard_not_permitted_in_ext_port = 716,
    conflict_in_mapping_entry = 718,
    same_port_values_required = 724,
    only_permanent_leases_supported = 725,
    remote_host_only_supports_wildcard = 726,
    external_port_only_supports_wildcard = 727,
    no_port_maps_available = 728,
    conflict_with_other_mechanisms = 729,
    port_mapping_not_found = 730,
    read_only = 731,
    wildcard_not_permitted_in_int_port = 732,
    inconsistent_parameters = 733,
};

/// UPnP errors of WANIPv6FirewallControl, whose 701-709 mean other things than elsewhere.
enum class upnp_firewall_result {
    pinhole_space_exhausted = 701,
    firewall_disabled = 702,
    inbound_pinhole_not_allowed = 703,
    no_such_entry = 704,
    protocol_not_supported = 705,
    internal_port_wildcarding_not_allowed = 706,
    protocol_wildcarding_not_allowed = 707,
    wildcard_not_permitted_in_src_ip = 708,
    no_packet_sent = 709,
};

/// What this library itself finds wrong.
enum class fault {
    /// A message ends before its fields do.
    truncated = 1,
    /// A message is longer than its protocol allows, or not a multiple of its unit.
    bad_length,
    /// The version octet is not one of this protocol.
    bad_version,
    /// A request where a response belongs, or the reverse.
    bad_direction,
    /// An opcode that this protocol does not define.
    bad_opcode,
    /// Options overrun the message, or one has a length that its definition forbids.
    bad_option,
    /// A field holds a value that its definition forbids.
    bad_value,
    /// Nothing answered for as long as the protocol's schedule asks to try.
    gateway_silent,
    /// The gateway closed its port: it speaks neither PCP nor NAT-PMP.
    gateway_unreachable,
    /// The gateway has no external address at present.
    no_external_address,
    /// Another external port was assigned than the exact one that was wanted.
    port_taken,
    /// A URL names another host than the gateway it is about.
    foreign_address,
    /// The gateway's HTTP server refused, without a UPnP error.
    http_failed,
    /// An HTTP exchange did not come to its end.
    no_http,
    /// Nothing at the gateway's address offers to map ports by UPnP.
    no_igd,
    /// The gateway granted a mapping that its own table does not show.
    not_in_table,
    /// Nothing that the gateway speaks maps ports for another host.
    no_third_party,
    /// Nothing that the gateway speaks keeps other remote hosts out.
    no_filter,
    /// No external port could be had for TCP and UDP alike.
    no_common_port,
    /// A mapping that is left to expire: only the deletion of all mappings would end it.
    left_to_expire,
    /// A UPnP description that is too long, is cut off or cannot be read.
    bad_description,
    /// Nothing answers, which this host with its public address needs for nothing but another
    /// external port, another host or a filter.
    needs_gateway,
    /// What the gateway tells as its external address is no address of IPv4 (UPnP).
    unreadable_address,
    /// The gateway's table shows an entry at the external port that is not of this mapping.
    foreign_entry,
    /// The gateway keeps the mapping in its table, and lets nothing in by it.
    entry_disabled,
    /// The gateway confirmed a deletion, and its own table shows the entry all the same (UPnP).
    still_in_table,
};

/// How to react to an error, whichever protocol it came by; compare an `error_code` with it.
enum class reaction {
    /// Another external port may be free.
    port_taken = 1,
    /// The same request may succeed later.
    try_later,
    /// The gateway's policy forbids it.
    refused,
    /// The gateway does not speak this protocol, or not this part of it.
    unsupported,
    /// No gateway that could be asked.
    gateway_unusable,
};

PMP_EXPORT boost::system::error_category const& pcp_category();
PMP_EXPORT boost::system::error_category const& nat_pmp_category();
PMP_EXPORT boost::system::error_category const& upnp_category();
PMP_EXPORT boost::system::error_category const& upnp_firewall_category();
PMP_EXPORT boost::system::error_category const& fault_category();
PMP_EXPORT boost::system::error_category const& reaction_category();

PMP_EXPORT error_code make_error_code(pcp_result);
PMP_EXPORT error_code make_error_code(nat_pmp_result);
PMP_EXPORT error_code make_error_code(upnp_result);
PMP_EXPORT error_code make_error_code(upnp_firewall_result);
PMP_EXPORT error_code make_error_code(fault);
PMP_EXPORT boost::system::error_condition make_error_condition(reaction);

/// The standard's own name of a result, `NO_RESOURCES`; for others the category's.
PMP_EXPORT std::string_view result_name(error_code);

} // namespace pmp

template <>
struct boost::system::is_error_code_enum<pmp::pcp_result> : std::true_type {};
template <>
struct boost::system::is_error_code_enum<pmp::nat_pmp_result> : std::true_type {};
template <>
struct boost::system::is_error_code_enum<pmp::upnp_result> : std::true_type {};
template <>
struct boost::system::is_error_code_enum<pmp::upnp_firewall_result> : std::true_type {};
template <>
struct boost::system::is_error_code_enum<pmp::fault> : std::true_type {};
template <>
struct boost::system::is_error_condition_enum<pmp::reaction> : std::true_type {};
