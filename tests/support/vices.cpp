// SPDX-License-Identifier: MIT
#include "support/vices.hpp"

#include <boost/lexical_cast/try_lexical_convert.hpp>

#include <algorithm>
#include <stdexcept>

namespace pmp::test {

namespace {

constexpr std::int64_t day = 86400;
constexpr std::int64_t any16 = 65535;
constexpr std::int64_t longest_lifetime = 0xffffffff;

constexpr vice_description
upnp_error_row(vice id, std::string_view name, std::string_view meaning) {
    return {id, name, "=CODE", meaning, 400, 899, {}};
}

// Rows in the order of the enumeration: id, name, syntax, meaning, least, most, usual value.
constexpr std::array table = {
    vice_description{
        vice::reboots_and_forgets,
        "reboots-and-forgets",
        "[=SECONDS]",
        "reboots without its mappings, once or every SECONDS",
        0,
        day,
        0},
    vice_description{
        vice::reboots_and_keeps,
        "reboots-and-keeps",
        "[=SECONDS]",
        "reboots and its mappings survive, once or every SECONDS",
        0,
        day,
        0},
    vice_description{
        vice::forgets_mappings,
        "forgets-mappings",
        "[=SECONDS]",
        "loses its mappings and no more, once or every SECONDS",
        0,
        day,
        0},
    vice_description{
        vice::epoch_stands_still, "epoch-stands-still", "", "the epoch does not count"},
    vice_description{
        vice::epoch_drifts,
        "epoch-drifts",
        "[=PERCENT]",
        "the epoch counts that much too fast, or too slowly (10)",
        -100,
        1000,
        10},
    vice_description{
        vice::epoch_is_host_uptime,
        "epoch-is-host-uptime",
        "",
        "a reboot of the gateway does not show in the epoch"},
    vice_description{
        vice::new_address_resets_epoch,
        "new-address-resets-epoch",
        "",
        "another external address starts the epoch, mappings stay"},
    vice_description{
        vice::announces_nothing, "announces-nothing", "", "no announcements, no mapping updates"},
    vice_description{
        vice::announces_from_wrong_source,
        "announces-from-wrong-source",
        "",
        "announcements come from the address next to its own"},
    vice_description{
        vice::announce_burst,
        "announce-burst",
        "",
        "announcements come ten times, 250 ms apart and doubling"},
    vice_description{vice::silent, "silent", "", "hears nothing and says nothing"},
    vice_description{
        vice::loses_every, "loses-every", "=N", "each Nth request is lost", 1, 1'000'000, {}},
    vice_description{vice::answers_twice, "answers-twice", "", "each answer comes in two copies"},
    vice_description{
        vice::answers_late,
        "answers-late",
        "[=MS]",
        "each answer comes that much later (1000)",
        0,
        day * 1000,
        1000},
    vice_description{
        vice::answers_from_other_port,
        "answers-from-other-port",
        "",
        "answers come from port 5352"},
    vice_description{
        vice::answers_from_other_address,
        "answers-from-other-address",
        "",
        "answers come from the address next to its own"},
    vice_description{
        vice::volunteers_answers,
        "volunteers-answers",
        "",
        "after each answer come others that nobody asked for"},
    vice_description{
        vice::late_contradictions,
        "late-contradictions",
        "[=MS]",
        "a grant is followed by a refusal, then by the grant (1000)",
        0,
        day * 1000,
        1000},
    vice_description{vice::ignores_version_2, "ignores-version-2", "", "PCP requests are dropped"},
    vice_description{
        vice::only_version_3,
        "only-version-3",
        "",
        "answers that it speaks version 3 of PCP alone"},
    vice_description{
        vice::version_error_opcode,
        "version-error-opcode",
        "=0|128|129|130|echo",
        "opcode of the NAT-PMP answer to an unsupported version",
        echoed_opcode,
        255,
        {}},
    vice_description{vice::short_errors, "short-errors", "", "NAT-PMP errors are cut to 8 octets"},
    vice_description{
        vice::zero_lifetime_errors, "zero-lifetime-errors", "", "PCP errors have lifetime 0"},
    vice_description{
        vice::reserved_bits_set,
        "reserved-bits-set",
        "",
        "reserved fields of PCP answers are ones"},
    vice_description{
        vice::answers_other_nonce, "answers-other-nonce", "", "PCP answers have another nonce"},
    vice_description{
        vice::answers_ports_modulo_256,
        "answers-ports-modulo-256",
        "",
        "ports in NAT-PMP answers lose their upper octet"},
    vice_description{
        vice::refuses,
        "refuses",
        "=RESULT[:LIFETIME]",
        "makes and renews nothing; RESULT is of the asking protocol",
        1,
        any16,
        {}},
    vice_description{
        vice::refuses_renewals,
        "refuses-renewals",
        "=RESULT[:LIFETIME]",
        "no mapping is renewed before it has run out",
        1,
        any16,
        {}},
    vice_description{
        vice::refuses_deletions,
        "refuses-deletions",
        "=RESULT[:LIFETIME]",
        "no mapping is deleted",
        1,
        any16,
        {}},
    vice_description{
        vice::refuses_other_nonce,
        "refuses-other-nonce",
        "",
        "the rule of RFC 6887, takes accepts-other-nonce back"},
    vice_description{
        vice::accepts_other_nonce,
        "accepts-other-nonce",
        "",
        "renewals may have another nonce; deletions may not"},
    vice_description{
        vice::shortens_lifetimes,
        "shortens-lifetimes",
        "=SECONDS",
        "grants no longer lifetime, whatever its minimum",
        1,
        day,
        {}},
    vice_description{
        vice::short_leases,
        "short-leases",
        "[=SECONDS]",
        "grants just that lifetime, whatever was asked (60)",
        1,
        day,
        60},
    vice_description{
        vice::lifetime_max, "lifetime-max", "", "grants 2^32-1 seconds, and means for ever"},
    vice_description{
        vice::grants_zero_lifetime,
        "grants-zero-lifetime",
        "",
        "answers success with lifetime 0, and maps nothing"},
    vice_description{
        vice::grants_other_port, "grants-other-port", "", "never assigns the suggested port"},
    vice_description{
        vice::grants_other_port_each_renewal,
        "grants-other-port-each-renewal",
        "",
        "assigns another port at each renewal"},
    vice_description{
        vice::second_mapping_on_other_suggestion,
        "second-mapping-on-other-suggestion",
        "",
        "another suggested port makes a second mapping"},
    vice_description{
        vice::ignores_prefer_failure,
        "ignores-prefer-failure",
        "",
        "assigns another port in spite of PREFER_FAILURE"},
    vice_description{
        vice::refuses_options, "refuses-options", "", "PCP answers UNSUPP_OPTION to any option"},
    vice_description{
        vice::drops_options, "drops-options", "", "PCP does not answer requests with options"},
    vice_description{
        vice::ignores_filters,
        "ignores-filters",
        "",
        "PCP maps without the FILTER that was asked for"},
    vice_description{
        vice::no_external_address,
        "no-external-address",
        "",
        "answers success with the external address 0.0.0.0"},
    vice_description{
        vice::no_resources_on_absent_delete,
        "no-resources-on-absent-delete",
        "",
        "PCP answers NO_RESOURCES to deleting what is not there"},
    vice_description{
        vice::delete_all_takes_both_protocols,
        "delete-all-takes-both-protocols",
        "",
        "deleting all of one protocol deletes the other's too"},
    vice_description{
        vice::maps_port_zero,
        "maps-port-zero",
        "",
        "NAT-PMP maps internal port 0 to a port that it chooses"},
    upnp_error_row(vice::upnp_error, "upnp-error", "each UPnP action is refused with that"),
    upnp_error_row(vice::upnp_add_any_error, "upnp-add-any-error", "so is AddAnyPortMapping"),
    upnp_error_row(
        vice::upnp_read_error, "upnp-read-error", "so are GetSpecific- and GetGeneric..Entry"
    ),
    upnp_error_row(vice::upnp_status_error, "upnp-status-error", "so is GetStatusInfo"),
    upnp_error_row(vice::upnp_address_error, "upnp-address-error", "so is GetExternalIPAddress"),
    vice_description{
        vice::empty_external_address,
        "empty-external-address",
        "",
        "UPnP answers with an empty external address"},
    vice_description{
        vice::permanent_only,
        "permanent-only",
        "",
        "UPnP grants leases without an end alone (725)"},
    vice_description{
        vice::only_lease,
        "only-lease",
        "=SECONDS",
        "UPnP grants no other lease than that (402)",
        0,
        longest_lifetime,
        {}},
    vice_description{
        vice::lease_ignored, "lease-ignored", "", "UPnP leases never end, and it says so"},
    vice_description{
        vice::lease_not_extended,
        "lease-not-extended",
        "",
        "adding a UPnP entry again leaves its end where it was"},
    vice_description{
        vice::drops_leases, "drops-leases", "", "UPnP entries that have an end vanish at once"},
    vice_description{
        vice::grants_nothing, "grants-nothing", "", "UPnP answers success, and maps nothing"},
    vice_description{
        vice::reports_lease,
        "reports-lease",
        "=SECONDS",
        "UPnP tells that of each lease, whatever is left of it",
        0,
        longest_lifetime,
        {}},
    vice_description{
        vice::conflict_with_own,
        "conflict-with-own",
        "",
        "UPnP refuses to renew an entry that is there (718)"},
    vice_description{
        vice::equal_ports_only,
        "equal-ports-only",
        "",
        "UPnP wants both ports to be the same (724)"},
    vice_description{
        vice::high_ports_only,
        "high-ports-only",
        "",
        "UPnP maps no external port below 1024 (606)"},
    vice_description{
        vice::lower_case_refused,
        "lower-case-refused",
        "",
        "UPnP takes TCP and UDP in capitals alone (402)"},
    vice_description{
        vice::other_descriptions,
        "other-descriptions",
        "",
        "UPnP stores \"UPnP\" as the description of each entry"},
    vice_description{
        vice::two_services,
        "two-services",
        "",
        "has a WANPPPConnection too, in front and not connected"},
    vice_description{
        vice::foreign_location,
        "foreign-location",
        "",
        "LOCATION names the address next to its own"},
    vice_description{
        vice::ssdp_other_port, "ssdp-other-port", "", "searches are answered from port 40000"},
    vice_description{
        vice::ssdp_multicast_only, "ssdp-multicast-only", "", "does not hear unicast searches"},
    vice_description{
        vice::ssdp_unicast_only, "ssdp-unicast-only", "", "does not hear multicast searches"},
    vice_description{
        vice::ssdp_root_only,
        "ssdp-root-only",
        "",
        "answers to searches for upnp:rootdevice alone"},
    vice_description{
        vice::ssdp_all_only, "ssdp-all-only", "", "answers to searches for ssdp:all alone"},
    vice_description{
        vice::url_base, "url-base", "", "its description has a URLBase, with another path"},
    vice_description{vice::url_base_empty, "url-base-empty", "", "one that is empty"},
    vice_description{
        vice::url_base_elsewhere, "url-base-elsewhere", "", "one that names another host"},
    vice_description{
        vice::description_huge, "description-huge", "", "a description of more than a mebibyte"},
    vice_description{
        vice::description_bomb, "description-bomb", "", "a description whose entities expand"},
    vice_description{vice::http_chunked, "http-chunked", "", "HTTP answers come in chunks"},
    vice_description{
        vice::http_no_length, "http-no-length", "", "HTTP answers end with the connection"},
    vice_description{
        vice::http_cut, "http-cut", "", "connections are closed amid the body of an answer"},
    vice_description{
        vice::http_slow,
        "http-slow",
        "[=SECONDS]",
        "HTTP answers come that much later (20)",
        0,
        day,
        20},
    vice_description{
        vice::http_new_port,
        "http-new-port",
        "",
        "after each reboot HTTP is served at the next port"},
    vice_description{
        vice::gena_early, "gena-early", "", "the first event comes before the SUBSCRIBE reply"},
    vice_description{
        vice::gena_forgets,
        "gena-forgets",
        "[=SECONDS]",
        "forgets subscriptions so soon (60)",
        0,
        day,
        60},
    vice_description{vice::gena_refuses, "gena-refuses", "", "takes no subscriptions"},
    vice_description{
        vice::firewall_off, "firewall-off", "", "its IPv6 firewall lets everything in"},
    vice_description{
        vice::pinholes_forbidden,
        "pinholes-forbidden",
        "",
        "nobody may open pinholes in its IPv6 firewall"},
    vice_description{
        vice::untold_client,
        "untold-client",
        "[=0|1|2]",
        "UPnP tells clients as 0.0.0.0, as nothing (1), by name (2)",
        0,
        2,
        0},
    vice_description{
        vice::other_client,
        "other-client",
        "",
        "UPnP tells the address next to the client's for its own"},
    vice_description{
        vice::disabled_entries,
        "disabled-entries",
        "",
        "UPnP entries are made and stay disabled, and it says so"},
};

[[noreturn]] void reject(std::string_view text, std::string const& why) {
    throw std::invalid_argument("vice '" + std::string(text) + "': " + why);
}

std::int64_t parse_number(std::string_view text, std::string_view whole) {
    std::int64_t number = 0;
    if (!boost::conversion::try_lexical_convert(text, number)) {
        reject(whole, "'" + std::string(text) + "' is not a number");
    }
    return number;
}

bool is_refusal(vice id) {
    return id == vice::refuses || id == vice::refuses_renewals || id == vice::refuses_deletions;
}

/// The opcodes of version errors that have been seen in the field.
std::int64_t parse_opcode(std::string_view text, std::string_view whole) {
    for (auto const* opcode : {"0", "128", "129", "130"}) {
        if (text == opcode) {
            return parse_number(text, whole);
        }
    }
    if (text != "echo") {
        reject(whole, "the value is 0, 128, 129, 130 or echo");
    }
    return echoed_opcode;
}

vice_value
parse_value(vice_description const& description, std::string_view text, std::string_view whole) {
    vice_value value;
    if (description.id == vice::version_error_opcode) {
        value.number = parse_opcode(text, whole);
        return value;
    }
    if (auto const colon = text.find(':'); is_refusal(description.id) && colon != text.npos) {
        value.lifetime = parse_number(text.substr(colon + 1), whole);
        if (*value.lifetime < 0 || *value.lifetime > longest_lifetime) {
            reject(whole, "a lifetime is 0 to 4294967295 seconds");
        }
        text = text.substr(0, colon);
    }
    value.number = parse_number(text, whole);
    if (value.number < description.least || value.number > description.most) {
        reject(
            whole,
            "the value is " + std::to_string(description.least) + " to " +
                std::to_string(description.most)
        );
    }
    return value;
}

} // namespace

std::span<vice_description const> all_vices() {
    return table;
}

vice_description const& describe(vice id) {
    return table.at(static_cast<std::size_t>(id));
}

bool is_of_upnp(vice id) {
    return id >= vice::upnp_error;
}

vice find_vice(std::string_view name) {
    auto const* const found =
        std::find_if(table.begin(), table.end(), [&](auto const& row) { return row.name == name; });
    if (found == table.end()) {
        reject(name, "there is no such vice");
    }
    return found->id;
}

chosen_vice parse_vice(std::string_view text) {
    auto const equals = text.find('=');
    auto const& found = describe(find_vice(text.substr(0, equals)));
    if (equals != text.npos) {
        if (found.syntax.empty()) {
            reject(found.name, "it takes no value");
        }
        return {found.id, parse_value(found, text.substr(equals + 1), text)};
    }
    if (!found.syntax.empty() && !found.usual) {
        reject(
            found.name, "it needs a value: " + std::string(found.name) + std::string(found.syntax)
        );
    }
    return {found.id, {found.usual.value_or(0), {}}};
}

std::string to_string(chosen_vice const& chosen) {
    auto const& description = describe(chosen.id);
    std::string text(description.name);
    if (description.syntax.empty()) {
        return text;
    }
    if (chosen.id == vice::version_error_opcode && chosen.value.number == echoed_opcode) {
        return text + "=echo";
    }
    text += "=" + std::to_string(chosen.value.number);
    return chosen.value.lifetime ? text + ":" + std::to_string(*chosen.value.lifetime) : text;
}

bool vice_set::has(vice id) const {
    return values_[static_cast<std::size_t>(id)].has_value();
}

vice_value vice_set::value(vice id) const {
    return values_[static_cast<std::size_t>(id)].value_or(vice_value{});
}

void vice_set::set(chosen_vice const& chosen) {
    if (chosen.id == vice::refuses_other_nonce) {
        clear(vice::accepts_other_nonce);
    }
    values_[static_cast<std::size_t>(chosen.id)] = chosen.value;
}

void vice_set::clear(vice id) {
    values_[static_cast<std::size_t>(id)].reset();
}

} // namespace pmp::test
