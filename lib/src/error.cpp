// SPDX-License-Identifier: MIT
#include <pmp/error.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

namespace pmp {

namespace {

/// One result of a standard: its number and name there, what it means for the reader of a log,
/// and how to react.
struct row {
    int value;
    std::string_view name;
    std::string_view message;
    std::optional<reaction> react;
};

constexpr std::array pcp_rows = {
    row{0, "SUCCESS", "success", {}},
    row{1,
        "UNSUPP_VERSION",
        "the gateway does not speak this version of PCP",
        reaction::unsupported},
    row{2,
        "NOT_AUTHORIZED",
        "the gateway's policy forbids it, or another client holds the mapping",
        reaction::refused},
    row{3, "MALFORMED_REQUEST", "the gateway could not read the request", reaction::unsupported},
    row{4, "UNSUPP_OPCODE", "the gateway does not offer this operation", reaction::unsupported},
    row{5,
        "UNSUPP_OPTION",
        "the gateway does not support an option that the request needs",
        reaction::unsupported},
    row{6, "MALFORMED_OPTION", "the gateway could not read an option", reaction::unsupported},
    row{7, "NETWORK_FAILURE", "the gateway has no connection at present", reaction::try_later},
    row{8,
        "NO_RESOURCES",
        "the gateway has no room for another mapping at present",
        reaction::try_later},
    row{9,
        "UNSUPP_PROTOCOL",
        "the gateway does not map this transport protocol",
        reaction::unsupported},
    row{10, "USER_EX_QUOTA", "this host's quota of mappings is used up", reaction::try_later},
    row{11,
        "CANNOT_PROVIDE_EXTERNAL",
        "the gateway cannot assign the external port that was asked for",
        reaction::port_taken},
    row{12,
        "ADDRESS_MISMATCH",
        "the gateway saw another source address: there is a NAT in between",
        reaction::refused},
    row{13,
        "EXCESSIVE_REMOTE_PEERS",
        "the gateway cannot store so many filters",
        reaction::refused},
    row{15,
        "AUTHENTICATION_REQUIRED",
        "the gateway demands authentication (RFC 7652)",
        reaction::refused},
    row{24,
        "THIRD_PARTY_ID_UNKNOWN",
        "the gateway does not know this third party",
        reaction::refused},
    row{25,
        "THIRD_PARTY_MISSING_OPTION",
        "the gateway misses the THIRD_PARTY option",
        reaction::unsupported},
    row{26,
        "UNSUPP_THIRD_PARTY_ID_LENGTH",
        "the gateway does not take a third party id of this length",
        reaction::unsupported},
};

constexpr std::array nat_pmp_rows = {
    row{0, "Success", "success", {}},
    row{1,
        "Unsupported Version",
        "the gateway does not speak this version of NAT-PMP",
        reaction::unsupported},
    row{2,
        "Not Authorized/Refused",
        "port mapping is switched off in the gateway, or its administrator holds the mapping",
        reaction::refused},
    row{3, "Network Failure", "the gateway has no connection at present", reaction::try_later},
    row{4,
        "Out of resources",
        "the gateway has no room for another mapping at present",
        reaction::try_later},
    row{5,
        "Unsupported opcode",
        "the gateway does not offer this operation",
        reaction::unsupported},
};

constexpr std::array fault_rows = {
    row{1, "truncated", "the message ends too early", {}},
    row{2, "bad_length", "the message has a forbidden length", {}},
    row{3, "bad_version", "the message has another protocol version", {}},
    row{4, "bad_direction", "a request where a response belongs, or the reverse", {}},
    row{5, "bad_opcode", "the message has an unknown opcode", {}},
    row{6, "bad_option", "the message has a forbidden option", {}},
    row{7, "bad_value", "a field holds a forbidden value", {}},
    row{8, "gateway_silent", "the gateway does not answer", reaction::gateway_unusable},
    row{9,
        "gateway_unreachable",
        "the gateway has closed its port 5351: it offers neither PCP nor NAT-PMP",
        reaction::gateway_unusable},
    row{10,
        "no_external_address",
        "the gateway has no external address at present: it is not connected",
        reaction::try_later},
    row{11,
        "port_taken",
        "the gateway assigned another external port than the exact one",
        reaction::port_taken},
};

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): that of the base is protected.
class table_category final : public boost::system::error_category {
public:
    constexpr table_category(std::uint64_t id, char const* name, std::span<row const> rows)
        : error_category(id), name_(name), rows_(rows) {}

    char const* name() const noexcept override { return name_; }

    std::string message(int value) const override {
        if (auto const* found = find(value)) {
            return std::string(found->message);
        }
        return "the gateway failed with result " + std::to_string(value);
    }

    boost::system::error_condition default_error_condition(int value) const noexcept override {
        auto const* found = find(value);
        return found != nullptr && found->react ? make_error_condition(*found->react)
                                                : boost::system::error_condition(value, *this);
    }

    row const* find(int value) const {
        auto const at = std::find_if(rows_.begin(), rows_.end(), [value](row const& r) {
            return r.value == value;
        });
        return at != rows_.end() ? &*at : nullptr;
    }

private:
    char const* name_;
    std::span<row const> rows_;
};

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): as above.
class reactions final : public boost::system::error_category {
public:
    constexpr reactions() : error_category(0x706d705f72656163) {}

    char const* name() const noexcept override { return "reaction"; }

    std::string message(int value) const override {
        switch (static_cast<reaction>(value)) {
        case reaction::port_taken: return "another external port may be free";
        case reaction::try_later: return "the same request may succeed later";
        case reaction::refused: return "the gateway's policy forbids it";
        case reaction::unsupported: return "the gateway does not support it";
        case reaction::gateway_unusable: return "no gateway can be asked";
        }
        return "unknown";
    }
};

constexpr table_category pcp_table{0x706d705f70637000, "pcp", pcp_rows};
constexpr table_category nat_pmp_table{0x706d705f6e617470, "nat-pmp", nat_pmp_rows};
constexpr table_category fault_table{0x706d705f66617565, "pmp", fault_rows};
constexpr reactions reaction_table;

} // namespace

boost::system::error_category const& pcp_category() {
    return pcp_table;
}
boost::system::error_category const& nat_pmp_category() {
    return nat_pmp_table;
}
boost::system::error_category const& fault_category() {
    return fault_table;
}
boost::system::error_category const& reaction_category() {
    return reaction_table;
}

error_code make_error_code(pcp_result e) {
    return {static_cast<int>(e), pcp_category()};
}
error_code make_error_code(nat_pmp_result e) {
    return {static_cast<int>(e), nat_pmp_category()};
}
error_code make_error_code(fault e) {
    return {static_cast<int>(e), fault_category()};
}

boost::system::error_condition make_error_condition(reaction e) {
    return {static_cast<int>(e), reaction_category()};
}

std::string_view result_name(error_code error) {
    for (auto const* table : {&pcp_table, &nat_pmp_table, &fault_table}) {
        if (error.category() == *table) {
            auto const* found = table->find(error.value());
            return found != nullptr ? found->name : table->name();
        }
    }
    return error.category().name();
}

} // namespace pmp
