// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pmp::test {

/// What simulated gateways can do wrong. Each has been seen in a real one, or is what the
/// standards tell a client to withstand.
enum class vice : std::uint8_t {
    reboots_and_forgets,
    reboots_and_keeps,
    forgets_mappings,
    epoch_stands_still,
    epoch_drifts,
    epoch_is_host_uptime,
    new_address_resets_epoch,
    announces_nothing,
    announces_from_wrong_source,
    announce_burst,
    silent,
    loses_every,
    answers_twice,
    answers_late,
    answers_from_other_port,
    answers_from_other_address,
    volunteers_answers,
    late_contradictions,
    ignores_version_2,
    only_version_3,
    version_error_opcode,
    short_errors,
    zero_lifetime_errors,
    reserved_bits_set,
    answers_other_nonce,
    answers_ports_modulo_256,
    refuses,
    refuses_renewals,
    refuses_deletions,
    refuses_other_nonce,
    accepts_other_nonce,
    shortens_lifetimes,
    short_leases,
    lifetime_max,
    grants_zero_lifetime,
    grants_other_port,
    grants_other_port_each_renewal,
    second_mapping_on_other_suggestion,
    ignores_prefer_failure,
    refuses_options,
    drops_options,
    ignores_filters,
    no_external_address,
    no_resources_on_absent_delete,
    delete_all_takes_both_protocols,
    maps_port_zero,
    // Those that follow concern UPnP alone.
    upnp_error,
    upnp_add_any_error,
    upnp_read_error,
    upnp_status_error,
    upnp_address_error,
    empty_external_address,
    permanent_only,
    only_lease,
    lease_ignored,
    lease_not_extended,
    drops_leases,
    grants_nothing,
    reports_lease,
    conflict_with_own,
    equal_ports_only,
    high_ports_only,
    lower_case_refused,
    other_descriptions,
    two_services,
    foreign_location,
    ssdp_other_port,
    ssdp_multicast_only,
    ssdp_unicast_only,
    ssdp_root_only,
    ssdp_all_only,
    url_base,
    url_base_empty,
    url_base_elsewhere,
    description_huge,
    description_bomb,
    http_chunked,
    http_no_length,
    http_cut,
    http_slow,
    http_new_port,
    gena_early,
    gena_forgets,
    gena_refuses,
    firewall_off,
    pinholes_forbidden,
    untold_client,
    other_client,
    disabled_entries,
};

/// Whether it shows in UPnP alone.
bool is_of_upnp(vice);

struct vice_description {
    vice id;
    std::string_view name;
    /// How a value is written, `=PERCENT`; in brackets where it may be left out; empty where the
    /// vice has none.
    std::string_view syntax;
    std::string_view meaning;
    std::int64_t least = 0;
    std::int64_t most = 0;
    /// The value where none is given; absent where one must be.
    std::optional<std::int64_t> usual = {};
};

/// In the order of `vice`.
std::span<vice_description const> all_vices();
vice_description const& describe(vice);
/// Throws `std::invalid_argument` with a sentence for the user.
vice find_vice(std::string_view name);

struct vice_value {
    std::int64_t number = 0;
    /// Seconds; of `refuses` and its kin.
    std::optional<std::int64_t> lifetime;

    friend bool operator==(vice_value const&, vice_value const&) = default;
};

/// `version-error-opcode=echo`
inline constexpr std::int64_t echoed_opcode = -1;

struct chosen_vice {
    vice id{};
    vice_value value;

    friend bool operator==(chosen_vice const&, chosen_vice const&) = default;
};

/// `NAME` or `NAME=VALUE`. Throws likewise.
chosen_vice parse_vice(std::string_view);
/// As `parse_vice` reads it.
std::string to_string(chosen_vice const&);

/// The vices that a gateway has at present.
class vice_set {
public:
    bool has(vice) const;
    /// Of a vice that it has; otherwise 0.
    vice_value value(vice) const;
    void set(chosen_vice const&);
    void clear(vice);

private:
    static constexpr std::size_t size = static_cast<std::size_t>(vice::disabled_entries) + 1;
    std::array<std::optional<vice_value>, size> values_;
};

} // namespace pmp::test
